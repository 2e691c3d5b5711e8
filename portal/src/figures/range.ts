/** The range of an axis of values, and where values with a flag against them stand on it. */

import type { Line } from "./trace";

export type Range = readonly [low: number, high: number];

const ROOM = 0.06;
const REACH = 1;

/**
 * Least and greatest of what lines show, with a little room; undefined where nothing is shown.
 *
 * Sound values alone make it. A doubtful one widens it where it lies no further off than the sound ones' own span; what
 * is absurd does not, and is marked at the edge. With `log`, values that are not positive count for nothing.
 */
export function rangeOf(lines: readonly Line[], log = false, flagged = true): Range | undefined {
  const fits = (value: number | null): value is number => value !== null && (!log || value > 0);
  let [low, high] = [Infinity, -Infinity];
  for (const line of lines)
    for (const value of line.y)
      if (fits(value)) {
        if (value < low) low = value;
        if (value > high) high = value;
      }
  const doubtful = flagged ? lines.flatMap((line) => line.doubtfulY).filter(fits) : [];
  if (low > high) {
    if (doubtful.length === 0) return undefined;
    [low, high] = [Math.min(...doubtful), Math.max(...doubtful)];
  } else {
    const reach = REACH * (high - low);
    for (const value of doubtful.filter((one) => one >= low - reach && one <= high + reach)) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return log ? widenedLog(low, high) : widened(low, high);
}

function widened(low: number, high: number): Range {
  const room = low === high ? Math.abs(low) * 0.01 || 1 : (high - low) * ROOM;
  return [low - room, high + room];
}

function widenedLog(low: number, high: number): Range {
  const factor = low === high ? 1.5 : (high / low) ** ROOM;
  return [low / factor, high * factor];
}

/** Where a value stands: inside the range, or above or below it. */
export function side(value: number, range: Range): "inside" | "above" | "below" {
  return value > range[1] ? "above" : value < range[0] ? "below" : "inside";
}

const MOST_POWERS = 8;

/** Some whole powers of ten in a range; with fewer than two of them twice and five times those too, or else even values. */
export function powers(range: Range): number[] {
  const [low, high] = [Math.floor(Math.log10(range[0])), Math.floor(Math.log10(range[1]))];
  const decades = Array.from({ length: Math.max(0, high - low + 1) }, (_, at) => low + at);
  const of = (times: readonly number[]) => decades.flatMap((power) => times.map((one) => Number(`${one}e${power}`))).filter((one) => one >= range[0] && one <= range[1]);
  const [whole, finer] = [of([1]), of([1, 2, 5])];
  const each = Math.ceil(whole.length / MOST_POWERS);
  if (whole.length > 1) return whole.filter((_, at) => at % each === 0);
  return finer.length > 1 ? finer : evenly(range).filter((one) => one > 0);
}

/** Some five even values in a range, at 1, 2 or 5 times a power of ten. */
export function evenly(range: Range): number[] {
  const rough = (range[1] - range[0]) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10) * power;
  const first = Math.ceil(range[0] / step);
  const count = Math.floor(range[1] / step) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, at) => (first + at) * step);
}
