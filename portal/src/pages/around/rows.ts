import type { Schemas } from "../../api/client";

export type Count = Schemas["Count"];

/** A row of the timeline: one collection's variable. */
export interface SeriesRow {
  collection_id: string;
  platform: string;
  variable: string;
  distance_km: number | null;
  simulated: boolean;
}

const MOST_USUAL = ["b_horizontal", "b_north", "b_down"];

/** Variables that the series around hold, those first that most people ask for. */
export function variablesOf(counts: readonly Count[]): string[] {
  const held = new Set(counts.filter((one) => one.shape === "series" && !one.context).flatMap((one) => one.variables));
  const usual = MOST_USUAL.filter((name) => held.has(name));
  return [...usual, ...[...held].filter((name) => !usual.includes(name)).sort()];
}

/** The series to draw, the nearest first; each by the chosen variable, or by its own first where it has none such. */
export function seriesRows(counts: readonly Count[], variable: string, hidden: readonly string[]): SeriesRow[] {
  const order = variablesOf(counts);
  return counts
    .filter((one) => one.shape === "series" && !one.context && !hidden.includes(one.collection_id))
    .map((one) => ({
      collection_id: one.collection_id,
      platform: one.platform,
      variable: [variable, ...order].find((name) => one.variables.includes(name)) ?? "",
      distance_km: one.distance_km,
      simulated: one.simulated,
    }))
    .filter((row) => row.variable !== "")
    .sort((a, b) => (a.distance_km ?? Infinity) - (b.distance_km ?? Infinity) || (a.collection_id < b.collection_id ? -1 : 1));
}

/** True where tracks or maps are around that are not hidden. */
export function anythingOverhead(counts: readonly Count[], hidden: readonly string[]): boolean {
  return counts.some((one) => ["track", "field"].includes(one.shape) && !hidden.includes(one.collection_id));
}

/** Switches a name in a list on or off. */
export function toggled(names: readonly string[], name: string): string[] {
  return names.includes(name) ? names.filter((one) => one !== name) : [...names, name];
}
