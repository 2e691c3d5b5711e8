/** The health board: a row for each series, its days as colours, its figures over the days shown. */

import type { Schemas } from "../../api/client";
import { cividis, type ColourMap, diverging, viridis } from "../../theme/maps";

type Health = Schemas["Health"];
export type Days = Schemas["HealthOfDays"];

export const METRICS = ["completeness", "flagged", "latency", "noise"] as const;
export type Metric = (typeof METRICS)[number];

export const MAPS: Record<Metric, ColourMap> = { completeness: cividis, flagged: viridis, latency: viridis, noise: diverging };

const DAY_MS = 86_400_000;
const MOST_FLAGGED = 0.1;
const [SHORTEST_S, LONGEST_S] = [60, 30 * 86_400];
const NOISE_FACTOR = 4;

/** A series on the board. */
export interface Row {
  key: string;
  scheme: string;
  code: string;
  collection: string;
  provider: string;
  /** A value for each day shown; null where the series has none. */
  days: readonly (Day | null)[];
  completeness: number;
  flagged: number | null;
  latency: number | null;
  lastSeen: string;
}

export interface Day {
  present: number;
  expected: number;
  flagged: number;
  latency: number | null;
  /** Over the series' own median, the mean over its variables; null where no noise is told. */
  noise: number | null;
}

/** Days [ISO dates] from `from` until before `until`. */
export function datesBetween(from: string, until: string): string[] {
  const [first, last] = [Date.parse(from), Date.parse(until)];
  const count = Math.max(0, Math.round((last - first) / DAY_MS));
  return Array.from({ length: count }, (_, at) => new Date(first + at * DAY_MS).toISOString().slice(0, 10));
}

/** A date so many days later. */
export function dayAfter(date: string, days = 1): string {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Rows of the board: every series that has health at all, with what it has of these dates; `schemeOf` lists codes. */
export function rowsOf(
  health: readonly Health[],
  days: readonly Days[],
  dates: readonly string[],
  schemeOf: (code: string) => string | undefined,
): Row[] {
  const keyOf = (one: Health | Days) => [one.collection_id, one.provider, one.platform].join(" ");
  const held = new Map(days.map((one) => [keyOf(one), one]));
  return health.map((one) => {
    const own = held.get(keyOf(one));
    const cells = own === undefined ? dates.map(() => null) : cellsOf(own, dates);
    const known = cells.filter((day): day is Day => day !== null);
    const code = (own?.code || one.code || one.platform).toUpperCase();
    const since = own?.since ?? dates[0] ?? "";
    return {
      key: keyOf(one),
      scheme: own?.code_scheme || one.code_scheme || schemeOf(code) || "platform",
      code,
      collection: one.collection_id,
      provider: one.provider,
      days: cells,
      completeness: completenessOf(known, dates.filter((date) => date >= since).length),
      flagged: ratio(sum(known, "flagged"), sum(known, "present")),
      latency: median(known.flatMap((day) => day.latency ?? [])),
      lastSeen: one.last_seen,
    };
  });
}

/** The days of a series at these dates. */
export function cellsOf(own: Days, dates: readonly string[]): (Day | null)[] {
  const at = new Map(own.days.map((day, index) => [day, index]));
  const usual = Object.entries(own.noise).map(([name, values]) => ({ name, middle: median(values.flatMap((one) => one ?? [])) }));
  return dates.map((date) => {
    const index = at.get(date);
    if (index === undefined) return null;
    const ratios = usual.flatMap(({ name, middle }) => {
      const level = own.noise[name]?.[index];
      return level == null || middle === null || middle <= 0 ? [] : [level / middle];
    });
    return {
      present: own.present[index] ?? 0,
      expected: own.expected[index] ?? 0,
      flagged: own.flagged[index] ?? 0,
      latency: own.latency_s[index] ?? null,
      noise: ratios.length === 0 ? null : ratios.reduce((a, b) => a + b) / ratios.length,
    };
  });
}

function completenessOf(known: readonly Day[], days: number): number {
  const usual = median(known.map((day) => day.expected)) ?? 0;
  const expected = sum(known, "expected") + usual * Math.max(0, days - known.length);
  return expected === 0 ? 0 : sum(known, "present") / expected;
}

function sum(days: readonly Day[], part: "present" | "expected" | "flagged"): number {
  return days.reduce((total, day) => total + day[part], 0);
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** The median; null of nothing. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

/** A day's place on the colour map, 0 … 1; null where it has no such figure. */
export function shareOf(day: Day | null, metric: Metric): number | null {
  if (day === null) return null;
  switch (metric) {
    case "completeness":
      return day.expected === 0 ? null : day.present / day.expected;
    case "flagged":
      return day.present === 0 ? null : clipped(day.flagged / day.present / MOST_FLAGGED);
    case "latency":
      return day.latency === null ? null : clipped(Math.log(Math.max(day.latency, 1) / SHORTEST_S) / Math.log(LONGEST_S / SHORTEST_S));
    case "noise":
      return day.noise === null || day.noise <= 0 ? null : clipped(0.5 + Math.log(day.noise) / Math.log(NOISE_FACTOR) / 2);
  }
}

function clipped(share: number): number {
  return Math.min(1, Math.max(0, share));
}

export const ORDERS = ["silent", "name", "complete"] as const;
export type Order = (typeof ORDERS)[number];

/** Rows in an order. */
export function ordered(rows: readonly Row[], order: Order): Row[] {
  const compare: Record<Order, (a: Row, b: Row) => number> = {
    silent: (a, b) => (a.lastSeen < b.lastSeen ? -1 : a.lastSeen > b.lastSeen ? 1 : 0),
    name: (a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0),
    complete: (a, b) => a.completeness - b.completeness,
  };
  return [...rows].sort((a, b) => compare[order](a, b) || (a.key < b.key ? -1 : 1));
}
