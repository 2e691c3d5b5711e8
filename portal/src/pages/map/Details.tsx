import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { Schemas } from "../../api/client";
import { DAY_MS, dateText, dayOf, isoOf, timeText } from "../../map/moments";
import { asked, centreOf, type Region, sizeText } from "../../map/region";
import type { StationMark } from "./stationMarks";

/** What was picked on the map, and where it leads. */
export type Picked =
  | { kind: "event"; quake: Schemas["Earthquake"] }
  | { kind: "station"; mark: StationMark }
  | { kind: "satellite"; platform: string; at: number }
  | { kind: "place"; latitude: number; longitude: number; value: string; at: number | undefined }
  | { kind: "region"; region: Region; at: number | undefined; stations: number; quakes: number };

/** How far back from the map's instant one looks around a place. */
const DAYS_BEFORE = 30;
const NEAR_KM = 500;

/** A card about what was picked. */
export function Details({ picked, onClose }: { picked: Picked; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <section className="map-details" aria-live="polite">
      <button type="button" className="plain close" aria-label={t("map.close")} onClick={onClose}>×</button>
      {picked.kind === "event" && <Quake quake={picked.quake} />}
      {picked.kind === "station" && <Station mark={picked.mark} />}
      {picked.kind === "satellite" && (
        <>
          <h2>{picked.platform}</h2>
          <p><Link className="button main" href={`/satellites?${new URLSearchParams({ platform: picked.platform, day: isoOf(picked.at).slice(0, 10) })}`}>{t("map.toSatellite")}</Link></p>
        </>
      )}
      {picked.kind === "place" && (
        <>
          <h2>{placeText(picked.latitude, picked.longitude)}</h2>
          {picked.value !== "" && <p>{picked.value}</p>}
          <p><Link className="button" href={aroundAddress({ kind: "circle", centre: [picked.longitude, picked.latitude], km: NEAR_KM }, picked.at)}>{t("map.toPlace")}</Link></p>
        </>
      )}
      {picked.kind === "region" && <Drawn {...picked} />}
    </section>
  );
}

function Drawn({ region, at, stations, quakes }: Extract<Picked, { kind: "region" }>) {
  const { t } = useTranslation();
  const [longitude, latitude] = centreOf(region);
  const address = aroundAddress(region, at);
  return (
    <>
      <h2>{t(`map.draw.${region.kind}Drawn`, { size: sizeText(region) })}</h2>
      <dl className="facts">
        <dt>{t("map.draw.centre")}</dt><dd>{placeText(latitude, longitude)}</dd>
        <dt>{t("map.layers.stations")}</dt><dd>{stations}</dd>
        <dt>{t("map.layers.earthquakes")}</dt><dd>{quakes}</dd>
      </dl>
      <p><Link className="button main" href={address}>{t("map.draw.around")}</Link></p>
      <p><Link href={`${address}&edit=1`}>{t("map.draw.change")}</Link></p>
    </>
  );
}

/** Where everything around a region is shown, of the days before an instant and its own. */
export function aroundAddress(region: Region, at: number | undefined): string {
  const until = at === undefined ? undefined : dayOf(at) + DAY_MS;
  const window: Record<string, string> = until === undefined ? {} : { start: dateText(until - DAYS_BEFORE * DAY_MS), stop: dateText(until) };
  return `/around?${new URLSearchParams({ ...asked(region), ...window })}`;
}

function Quake({ quake }: { quake: Schemas["Earthquake"] }) {
  const { t } = useTranslation();
  return (
    <>
      <h2>M {quake.magnitude?.toFixed(1) ?? "?"} <span className="faint">{quake.magnitude_type}</span></h2>
      <p>{quake.place}</p>
      <dl className="facts">
        <dt>{t("map.quake.time")}</dt><dd>{timeText(Date.parse(quake.time))}:{quake.time.slice(17, 19)} UTC</dd>
        <dt>{t("map.quake.where")}</dt><dd>{placeText(quake.latitude, quake.longitude)}</dd>
        <dt>{t("map.quake.depth")}</dt><dd>{quake.depth_km === null ? "?" : `${quake.depth_km.toFixed(0)} km`}</dd>
        {quake.preparation_radius_km !== null && <><dt>{t("map.quake.zone")}</dt><dd>{quake.preparation_radius_km.toFixed(0)} km <span className="faint">10^(0.43 M)</span></dd></>}
      </dl>
      {quake.simulated && <p><span className="tag simulated">{t("map.simulated")}</span></p>}
      <p><Link className="button main" href={`/around?event=${encodeURIComponent(quake.event_id)}`}>{t("map.toEvent")}</Link></p>
    </>
  );
}

function Station({ mark }: { mark: StationMark }) {
  const { t } = useTranslation();
  return (
    <>
      <h2>{mark.code} <span className="faint">{mark.name}</span></h2>
      <dl className="facts">
        <dt>{t("map.quake.where")}</dt><dd>{placeText(mark.place[1], mark.place[0])}</dd>
        <dt>{t("map.station.health")}</dt>
        <dd>{t(`map.health.${mark.health}`)}{mark.completeness !== undefined && ` · ${(100 * mark.completeness).toFixed(1)} %`}</dd>
        {mark.lastSeen !== "" && <><dt>{t("map.station.last")}</dt><dd>{timeText(Date.parse(mark.lastSeen))} UTC</dd></>}
        {mark.series.length > 0 && <><dt>{t("map.station.series")}</dt><dd className="mono">{mark.series.join(", ")}</dd></>}
      </dl>
      {mark.simulated && <p><span className="tag simulated">{t("map.simulated")}</span></p>}
      {mark.scheme !== "" && <p><Link className="button main" href={`/stations/${encodeURIComponent(mark.scheme)}/${encodeURIComponent(mark.code)}`}>{t("map.toStation")}</Link></p>}
    </>
  );
}

/** A place as people write it: 23.1° N, 94.9° E. */
export function placeText(latitude: number, longitude: number): string {
  const east = ((((longitude + 180) % 360) + 360) % 360) - 180;
  return `${Math.abs(latitude).toFixed(1)}° ${latitude < 0 ? "S" : "N"}, ${Math.abs(east).toFixed(1)}° ${east < 0 ? "W" : "E"}`;
}
