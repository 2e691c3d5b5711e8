import type { Schemas } from "../../api/client";
import { healthOf, type Health } from "../../map/glyphs";
import type { Place } from "../../map/sphere";

/** A station as the map marks it: what it observes, and how its series of the week are. */
export interface StationMark {
  scheme: string;
  code: string;
  name: string;
  place: Place;
  /** Of its first series; "" where none is held. */
  domain: string;
  series: readonly string[];
  health: Health;
  /** Mean share of the expected values; undefined without series. */
  completeness: number | undefined;
  lastSeen: string;
  simulated: boolean;
}

/** Health over the days asked for: series that are silent all these days are told only where no days are asked for. */
type Row = Schemas["Health"];
type Listed = Schemas["Station"];
type Collection = Schemas["Collection"];

/** Health of all series over some days: `ever` tells those too that had no value in them. */
export function withSilent(rows: readonly Row[], ever: readonly Row[], days: number): Row[] {
  const name = (row: Row) => `${row.collection_id} ${row.provider} ${row.platform}`;
  const seen = new Set(rows.map(name));
  const silent = ever.filter((row) => !seen.has(name(row)));
  return [...rows, ...silent.map((row) => ({ ...row, days, days_with_values: 0, completeness: 0 }))];
}

/** One mark for each station with series, and for each listed one without. Those of unknown place are left out. */
export function stationMarks(rows: readonly Row[], stations: readonly Listed[], collections: readonly Collection[]): StationMark[] {
  const kinds = new Map(collections.map((one) => [one.collection_id, one]));
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(codeOf(row), [...(groups.get(codeOf(row)) ?? []), row]);
  const listed = new Map(stations.map((one) => [one.code, one]));
  const observed = [...groups].flatMap(([code, some]) => {
    const mark = observedMark(code, some, listed.get(code), kinds);
    return mark === undefined ? [] : [mark];
  });
  const silent = stations.filter((one) => !groups.has(one.code)).map(bareMark);
  return [...silent, ...observed];
}

function codeOf(row: Row): string {
  return (row.code === "" ? row.platform : row.code).toUpperCase();
}

function observedMark(code: string, rows: readonly Row[], station: Listed | undefined, kinds: ReadonlyMap<string, Collection>): StationMark | undefined {
  const own = rows.find((row) => row.latitude !== null && row.longitude !== null);
  const [longitude, latitude] = [station?.longitude ?? own?.longitude, station?.latitude ?? own?.latitude];
  if (longitude == null || latitude == null) return undefined;
  const expected = rows.reduce((sum, row) => sum + row.days, 0);
  const completeness = expected === 0 ? 0 : rows.reduce((sum, row) => sum + row.days * row.completeness, 0) / expected;
  const days = Math.max(...rows.map((row) => row.days_with_values));
  const series = rows.map((row) => row.collection_id);
  return {
    scheme: station?.code_scheme ?? rows[0]?.code_scheme ?? "", code, name: station?.name ?? "",
    place: [longitude, latitude], domain: kinds.get(series[0] ?? "")?.domain ?? "", series,
    health: healthOf(completeness, days), completeness,
    lastSeen: rows.map((row) => row.last_seen).reduce((one, other) => (one > other ? one : other)),
    simulated: series.some((name) => kinds.get(name)?.simulated === true),
  };
}

function bareMark(one: Listed): StationMark {
  return {
    scheme: one.code_scheme, code: one.code, name: one.name, place: [one.longitude, one.latitude], domain: "", series: [],
    health: "none", completeness: undefined, lastSeen: "", simulated: one.place_grade === "simulated",
  };
}
