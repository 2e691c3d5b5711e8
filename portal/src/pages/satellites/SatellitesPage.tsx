import { useTranslation } from "react-i18next";
import { useAddress } from "../../address";
import type { Schemas } from "../../api/client";
import { DAY_MS, dateText, dayOf, isoOf } from "../../map/moments";
import { Page } from "../../shell/Page";
import { Answer, Empty, Loading, ProblemScreen } from "../../states";
import { useSatellites } from "../map/asked";
import { useHalfOrbits, usePrediction } from "./asked";
import { HalfOrbits } from "./HalfOrbits";
import { Passes } from "./Passes";
import { QuickLooks } from "./QuickLooks";
import "./satellites.css";
import { TrackMap } from "./TrackMap";
import { ALONG, centreOf, type ChangeView, SPANS, VIEW, type View } from "./view";

/** Satellites: half-orbits that are held with their values, and passes that are foretold. */
export default function SatellitesPage() {
  const { t } = useTranslation();
  const [view, change] = useAddress(VIEW);
  const satellites = useSatellites();
  return (
    <Page title={t("satellites.title")} wide>
      <Answer query={satellites} empty={(some) => some.length === 0} whenEmpty={<Empty><p>{t("satellites.empty")}</p></Empty>}>
        {(some) => {
          const one = some.find(({ platform }) => platform === view.platform) ?? (some[0] as Schemas["Satellite"]);
          return <OneSatellite key={one.platform} some={some} one={one} view={view} change={change} />;
        }}
      </Answer>
    </Page>
  );
}

function OneSatellite({ some, one, view, change }: { some: readonly Schemas["Satellite"][]; one: Schemas["Satellite"]; view: View; change: ChangeView }) {
  const { t } = useTranslation();
  const day = dayOf(view.day === "" ? Date.parse(one.last) : Date.parse(view.day));
  const halves = useHalfOrbits(one.platform, day, Number(view.days));
  const centre = centreOf(view.near);
  const prediction = usePrediction(one.platform, day, centre && `${centre.latitude},${centre.longitude}`, view.radius_km);
  const chosen = halves.data?.find((half) => half.half_orbit_id === view.half);
  const choose = (half: string) => change({ half });
  return (
    <div className="stack" data-ready={halves.isSuccess && prediction.isSuccess ? "" : undefined}>
      <Chooser some={some} one={one} view={view} change={change} day={day} />
      <div className="satellite-columns">
        <div className="stack">
          <TrackMap halves={halves.data ?? []} chosen={view.half} choose={choose} source={one.collections[0] ?? one.platform}
            foretold={prediction.data?.places ?? []} from={day} near={view.near} radius_km={view.radius_km} />
          <p className="small faint">{t("satellites.mapNote")}</p>
        </div>
        <div className="stack">
          <h2>{t("satellites.held")} {halves.data !== undefined && <span className="faint">{halves.data.length}</span>}</h2>
          <Answer query={halves} empty={(found) => found.length === 0}
            whenEmpty={<Empty><button type="button" onClick={() => change({ day: "", half: "" })}>{t("satellites.latest", { day: one.last.slice(0, 10) })}</button></Empty>}>
            {(found) => <HalfOrbits halves={found} chosen={view.half} choose={choose} />}
          </Answer>
        </div>
      </div>
      <div className="satellite-columns">
        <section className="stack">
          <h2>{t("satellites.values")} {chosen !== undefined && <span className="mono faint">{chosen.half_orbit_id}</span>}</h2>
          {chosen !== undefined && (
            <label className="check">{t("satellites.along")}
              <select value={view.along} onChange={({ target }) => change({ along: ALONG.find((one) => one === target.value) ?? "time" }, { replace: true })}>
                {ALONG.map((one) => <option key={one} value={one}>{t(`satellites.${one}`)}</option>)}
              </select>
            </label>
          )}
          {chosen === undefined ? <p className="faint">{t("satellites.choose")}</p> : <QuickLooks key={chosen.half_orbit_id} platform={one.platform} half={chosen} along={view.along} />}
        </section>
        {prediction.data !== undefined ? <Passes prediction={prediction.data} view={view} change={change} from={day} />
          : prediction.error !== null ? <ProblemScreen error={prediction.error} again={() => void prediction.refetch()} /> : <Loading />}
      </div>
    </div>
  );
}

function Chooser({ some, one, view, change, day }: { some: readonly Schemas["Satellite"][]; one: Schemas["Satellite"]; view: View; change: ChangeView; day: number }) {
  const { t } = useTranslation();
  const to = (at: number) => change({ day: isoOf(at).slice(0, 10), half: "" });
  return (
    <div className="row end">
      <label className="field">
        <span>{t("satellites.satellite")}</span>
        <select value={one.platform} onChange={({ target }) => change({ platform: target.value, day: "", half: "" })}>
          {some.map(({ platform }) => <option key={platform}>{platform}</option>)}
        </select>
      </label>
      <label className="field">
        <span>{t("satellites.day")}</span>
        <input type="date" value={dateText(day)} onChange={({ target }) => Number.isNaN(target.valueAsNumber) || to(target.valueAsNumber)} />
      </label>
      <button type="button" aria-label={t("map.time.dayBefore")} onClick={() => to(day - DAY_MS)}>‹</button>
      <button type="button" aria-label={t("map.time.dayAfter")} onClick={() => to(day + DAY_MS)}>›</button>
      <label className="field">
        <span>{t("satellites.span")}</span>
        <select value={view.days} onChange={({ target }) => change({ days: target.value as View["days"], half: "" })}>
          {SPANS.map((days) => <option key={days} value={days}>{t("satellites.days", { count: Number(days) })}</option>)}
        </select>
      </label>
      <p className="small faint">{t("satellites.holds", { count: one.granules, first: one.first.slice(0, 10), last: one.last.slice(0, 10) })}{" "}
        {one.simulated && <span className="tag simulated">{t("satellites.simulated")}</span>}</p>
    </div>
  );
}
