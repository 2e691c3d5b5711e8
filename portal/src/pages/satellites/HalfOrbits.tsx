import { useTranslation } from "react-i18next";
import { timeText } from "../../map/moments";
import type { HalfOrbit } from "./asked";

/** Half-orbits as a table; a click, or the keyboard, chooses one. */
export function HalfOrbits({ halves, chosen, choose }: { halves: readonly HalfOrbit[]; chosen: string; choose: (id: string) => void }) {
  const { t } = useTranslation();
  return (
    <div className="scrolls half-orbits">
      <table>
        <thead>
          <tr>
            <th>{t("satellites.half")}</th><th>{t("satellites.way")}</th><th>{t("satellites.start")}</th><th className="number">{t("satellites.minutes")}</th>
            <th className="number">{t("satellites.samples")}</th><th>{t("satellites.files")}</th>
          </tr>
        </thead>
        <tbody>
          {halves.map((one) => (
            <tr key={one.half_orbit_id} aria-selected={one.half_orbit_id === chosen}>
              <td><button type="button" className="plain mono" aria-pressed={one.half_orbit_id === chosen} onClick={() => choose(one.half_orbit_id)}>{one.half_orbit_id}</button></td>
              <td>{wayText(one.rising)}</td>
              <td>{timeText(Date.parse(one.start))}</td>
              <td className="number">{((Date.parse(one.last) - Date.parse(one.start)) / 60_000).toFixed(1)}</td>
              <td className="number">{one.granules.reduce((sum, granule) => sum + granule.count, 0).toLocaleString("en")}</td>
              <td><Files half={one} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );

  function wayText(rising: boolean | null): string {
    return rising === null ? "↕" : rising ? `↑ ${t("satellites.rising")}` : `↓ ${t("satellites.falling")}`;
  }
}

function Files({ half }: { half: HalfOrbit }) {
  const { t } = useTranslation();
  const simulated = half.granules.some((one) => one.simulated);
  return (
    <span className="row files">
      {half.granules.map((one) => (
        <a key={one.granule_id} href={`/api/v1/granules/${encodeURIComponent(one.granule_id)}/file?format=csv`} download title={one.granule_id}>
          {one.collection_id.split(".").slice(2).join(".") || one.collection_id}
        </a>
      ))}
      {simulated && <span className="tag simulated">{t("satellites.simulated")}</span>}
    </span>
  );
}
