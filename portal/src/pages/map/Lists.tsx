import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { timeText } from "../../map/moments";
import type { StationMark } from "./stationMarks";

const MOST = 12;

/** The largest earthquakes and the stations as lists: what the map shows, for the keyboard and for who does not see it. */
export function Lists(props: { quakes: readonly Schemas["Earthquake"][]; marks: readonly StationMark[]; pick: (name: string) => void }) {
  const { t } = useTranslation();
  const { marks, pick } = props;
  const quakes = [...props.quakes].sort((one, other) => (other.magnitude ?? 0) - (one.magnitude ?? 0)).slice(0, MOST);
  const stations = marks.filter((one) => one.health !== "none");
  return (
    <>
      <details>
        <summary>{t("map.lists.quakes")}</summary>
        <ul className="pick-list">
          {quakes.map((one) => (
            <li key={one.event_id}>
              <button type="button" className="plain" onClick={() => pick(`event/${one.event_id}`)}>
                <b>{one.magnitude?.toFixed(1) ?? "?"}</b> <span className="faint">{timeText(Date.parse(one.time)).slice(5)}</span> {one.place}
              </button>
            </li>
          ))}
        </ul>
      </details>
      <details>
        <summary>{t("map.lists.stations")}</summary>
        <ul className="pick-list">
          {stations.map((one) => (
            <li key={`${one.scheme}/${one.code}`}>
              <button type="button" className="plain" onClick={() => pick(`station/${one.scheme}/${one.code}`)}>
                <b>{one.code}</b> {t(`map.health.${one.health}`)} <span className="faint">{((one.completeness ?? 0) * 100).toFixed(0)} %</span>
              </button>
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}
