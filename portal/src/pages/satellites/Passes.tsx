import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { timeText } from "../../map/moments";
import { Unforetold } from "./Unforetold";
import { centreOf, type ChangeView, type View } from "./view";

/** The orbit that was fitted, the passes of a circle that it foretells, or why it foretells none. */
export function Passes({ prediction, view, change, from }: { prediction: Schemas["Prediction"]; view: View; change: ChangeView; from: number }) {
  const { t } = useTranslation();
  const { orbit, overpasses, reason } = prediction;
  return (
    <section className="stack">
      <h2>{t("satellites.passes")} {prediction.simulated && <span className="tag simulated">{t("satellites.simulated")}</span>}</h2>
      <p className="small faint">{t("satellites.how", { day: timeText(from).slice(0, 10) })}</p>
      <PlaceForm key={`${view.near} ${view.radius_km}`} view={view} change={change} />
      {reason !== "" && <p className="note" role="status"><b>{t("satellites.none")}</b> <Unforetold prediction={prediction} /></p>}
      {orbit !== null && <Orbit orbit={orbit} />}
      {reason === "" && overpasses !== null && overpasses.length === 0 && <p>{t("satellites.noPass")}</p>}
      {overpasses !== null && overpasses.length > 0 && <Table overpasses={overpasses} />}
    </section>
  );
}

function PlaceForm({ view, change }: { view: View; change: ChangeView }) {
  const { t } = useTranslation();
  const [near, setNear] = useState(view.near);
  const [radius, setRadius] = useState(String(view.radius_km));
  const wrong = centreOf(near) === undefined;
  const sent = (event: FormEvent) => {
    event.preventDefault();
    if (!wrong && Number(radius) > 0) change({ near: near.replaceAll(" ", ""), radius_km: Number(radius) });
  };
  return (
    <form className="row end" onSubmit={sent}>
      <label className="field"><span>{t("satellites.near")}</span><input value={near} size={14} aria-invalid={wrong} onChange={({ target }) => setNear(target.value)} /></label>
      <label className="field"><span>{t("satellites.radius")}</span><input type="number" min={1} max={20000} value={radius} onChange={({ target }) => setRadius(target.value)} /></label>
      <button type="submit" disabled={wrong}>{t("satellites.show")}</button>
      {wrong && <span className="small" role="alert">{t("satellites.noPlace")}</span>}
    </form>
  );
}

function Orbit({ orbit }: { orbit: Schemas["Orbit"] }) {
  const { t } = useTranslation();
  return (
    <dl className="orbit-facts">
      <dt>{t("satellites.orbit.inclination")}</dt><dd>{orbit.inclination_deg.toFixed(2)}°</dd>
      <dt>{t("satellites.orbit.revolutions")}</dt><dd>{orbit.revolutions_per_day.toFixed(3)} / d</dd>
      <dt>{t("satellites.orbit.fitted")}</dt><dd>{orbit.half_orbits}</dd>
      <dt>{t("satellites.orbit.residual")}</dt><dd>{orbit.residual_along_km.toFixed(1)} km, {orbit.residual_across_km.toFixed(1)} km</dd>
    </dl>
  );
}

function Table({ overpasses }: { overpasses: readonly Schemas["Overpass"][] }) {
  const { t } = useTranslation();
  return (
    <div className="scrolls">
      <table>
        <thead>
          <tr><th>{t("satellites.closest")}</th><th className="number">±</th><th className="number">{t("satellites.distance")}</th><th className="number">±</th><th>{t("satellites.way")}</th><th className="number">{t("satellites.inside")}</th></tr>
        </thead>
        <tbody>
          {overpasses.map((one) => (
            <tr key={one.closest}>
              <td>{timeText(Date.parse(one.closest))}:{one.closest.slice(17, 19)}</td>
              <td className="number">{one.within_s.toFixed(1)} s</td>
              <td className="number">{one.distance_km.toFixed(0)} km</td>
              <td className="number">{one.within_km.toFixed(0)} km</td>
              <td>{one.rising ? `↑ ${t("satellites.rising")}` : `↓ ${t("satellites.falling")}`}</td>
              <td className="number">{((Date.parse(one.stop) - Date.parse(one.start)) / 60_000).toFixed(1)} min</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
