import { lazy, Suspense } from "react";
import { Route, Switch } from "wouter";
import { Shell } from "./shell/Shell";
import { Broken, Loading, NotFound } from "./states";

/** The pages, each a part of its own that is loaded when it is first opened. The server answers these paths: see
    `PAGES` in src/soap/faces/portal. */
const PAGES = [
  ["/", lazy(() => import("./pages/map/MapPage"))],
  ["/admin/:part?", lazy(() => import("./pages/admin/AdminPage"))],
  ["/around", lazy(() => import("./pages/around/AroundPage"))],
  ["/studies", lazy(() => import("./pages/studies/StudiesPage"))],
  ["/studies/new", lazy(() => import("./pages/studies/NewStudyPage"))],
  ["/studies/:id", lazy(() => import("./pages/studies/StudyPage"))],
  ["/data", lazy(() => import("./pages/data/DataPage"))],
  ["/satellites", lazy(() => import("./pages/satellites/SatellitesPage"))],
  ["/series", lazy(() => import("./pages/series/SeriesPage"))],
  ["/stations", lazy(() => import("./pages/stations/StationsPage"))],
  ["/stations/:scheme/:code", lazy(() => import("./pages/stations/StationPage"))],
  ["/sign-in", lazy(() => import("./pages/sign-in/SignInPage"))],
] as const;

/** The portal: the frame, and the page that the URL names. */
export function App() {
  return (
    <Shell>
      <Broken>
        <Suspense fallback={<WhileLoading />}>
          <Switch>
            {PAGES.map(([path, Page]) => (
              <Route key={path} path={path} component={Page} />
            ))}
            <Route>
              <NotFound />
            </Route>
          </Switch>
        </Suspense>
      </Broken>
    </Shell>
  );
}

function WhileLoading() {
  return (
    <div className="page">
      <Loading />
    </div>
  );
}
