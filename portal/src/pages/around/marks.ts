import type { Schemas } from "../../api/client";
import type { Span } from "./scale";

export type Marks = Schemas["DetectorMarks"];

/** A run of marked intervals, above or below the band. */
export interface Run extends Span {
  above: boolean;
}

/** Intervals outside the band, those that follow each other on one side as one; unknown ones end a run. */
export function runsOf(marks: Pick<Marks, "time" | "outside">, stepMs: number): Run[] {
  const runs: Run[] = [];
  marks.outside.forEach((outside, at) => {
    if (outside === null || outside === 0) return;
    const start = Date.parse(marks.time[at] ?? "");
    const last = runs.at(-1);
    if (last !== undefined && last.stop === start && last.above === outside > 0) last.stop = start + stepMs;
    else runs.push({ start, stop: start + stepMs, above: outside > 0 });
  });
  return runs;
}

/** How much of a series is marked, and how much of noise would be: never the one without the other. */
export interface Rates {
  marked: number;
  judged: number;
  share: number | null;
  ofNoise: number;
}

/** The rates of one series. */
export function ratesOf(marks: Pick<Marks, "n_marked" | "n_judged" | "null_rate">): Rates {
  const share = marks.n_judged > 0 ? marks.n_marked / marks.n_judged : null;
  return { marked: marks.n_marked, judged: marks.n_judged, share, ofNoise: marks.null_rate.value };
}

/** True for a detector that `/api/v1/anomalies` takes. */
export function isDetector(method: Pick<Schemas["Method"], "takes" | "gives" | "null_rate">): boolean {
  return method.null_rate !== null && method.takes === "series" && method.gives === "series";
}
