import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { bound, fixed, second, whole } from "../../figures/numbers";
import { Page } from "../../shell/Page";
import { Empty } from "../../states";
import type { Surroundings } from "./asked";
import { Actions } from "./Actions";
import { CaseStudy } from "./CaseStudy";
import { Holdings } from "./Holdings";
import { Shown } from "./Shown";
import { Timeline } from "./Timeline";
import { sizeText } from "../../map/region";
import { type ChangeView, regionIn, type View } from "./view";

/** What is around: counts first, then the timeline as it comes, and the case study. */
export function Found(props: { around: Surroundings; view: View; change: ChangeView }) {
  const { t } = useTranslation();
  const { around, view, change } = props;
  const quake = around.event;
  const title = useMemo(() => {
    const region = regionIn(view);
    if (quake === null && region?.kind === "box") return t("around.boxTitle", { box: view.box.replaceAll(",", "°, "), size: sizeText(region) });
    if (quake === null) return t("around.placeTitle", { near: `${view.near.replace(",", "°, ")}°`, radius: whole(view.radius_km) });
    return `M ${fixed(quake.magnitude, 1)} · ${quake.place || quake.event_id}`;
  }, [quake, view.near, view.radius_km, view.box, t]);
  return (
    <Page title={title} wide actions={<Actions view={view} />}>
      <div className="stack">
        <Facts around={around} />
        {around.counts.length === 0 ? (
          <Empty>{t("around.nothing")}</Empty>
        ) : (
          <>
            <Shown around={around} view={view} change={change} />
            <Timeline around={around} view={view} change={change} />
            {quake !== null && <CaseStudy event={quake.event_id} />}
            <Holdings around={around} view={view} change={change} />
          </>
        )}
      </div>
    </Page>
  );
}

function Facts(props: { around: Surroundings }) {
  const { t } = useTranslation();
  const { event, radius_km, start, stop } = props.around;
  const facts: [string, string][] = [[t("around.window"), `${bound(start)} – ${bound(stop)} UTC`]];
  if (event !== null) {
    facts.unshift(
      [t("around.origin"), `${second(event.time)} UTC`],
      [t("around.where"), `${fixed(event.latitude, 2)}°, ${fixed(event.longitude, 2)}°`],
      [t("around.depth"), event.depth_km === null ? "–" : `${fixed(event.depth_km, 0)} km`],
    );
    facts.push([t("around.zone"), t("around.zoneValue", { radius: whole(radius_km) })]);
  }
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
