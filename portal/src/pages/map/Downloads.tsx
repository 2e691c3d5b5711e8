import { useTranslation } from "react-i18next";
import { DAY_MS, dayOf, isoOf } from "../../map/moments";
import { quakeWindow } from "./asked";
import type { View } from "./view";

/** What the map shows as files. */
export function Downloads({ view, at, collection }: { view: View; at: number | undefined; collection: string | undefined }) {
  const { t } = useTranslation();
  if (at === undefined) return null;
  const events = (format: string) => `/api/v1/events?${new URLSearchParams({ ...asText(quakeWindow(at, view.magnitude)), format })}`;
  const day = { start: isoOf(dayOf(at)), stop: isoOf(dayOf(at) + DAY_MS) };
  const maps = (format: string) => `/api/v1/maps?${new URLSearchParams({ collection: collection ?? "", ...day, format })}`;
  return (
    <details>
      <summary>{t("map.download.title")}</summary>
      <ul className="legend-list">
        <li>{t("map.layers.earthquakes")}: <a href={events("csv")} download>CSV</a> <a href={events("geojson")} download>GeoJSON</a> <a href={events("quakeml")} download>QuakeML</a></li>
        {collection !== undefined && <li>{t("map.download.maps")}: <a href={maps("netcdf")} download>netCDF</a> <a href={maps("csv")} download>CSV</a></li>}
      </ul>
    </details>
  );
}

function asText(query: Record<string, string | number>): Record<string, string> {
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));
}
