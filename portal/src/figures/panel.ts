/** What one panel of a figure shows, for the screen and for a file alike. */

import type { Line } from "./trace";
import type { Range } from "./range";

export interface Trace {
  /** What it is called in the legend. */
  label: string;
  colour: string;
  dash: readonly number[];
  line: Line;
  /** Computed, not observed: hatched and said so. */
  simulated: boolean;
  /** Bars of one step's width from zero on, as of an index; those from `stormFrom` on in the colour of storms. */
  bars?: boolean;
  stormFrom?: number;
}

/** A stretch of time behind the traces: a storm, or a control window. */
export interface Band {
  from: number;
  to: number;
  kind: "storm" | "control";
}

/** An instant to mark, as an earthquake's. */
export interface Mark {
  at: number;
  label: string;
}

export interface Panel {
  title: string;
  /** Symbol and unit for the axis of values. */
  axis: string;
  traces: readonly Trace[];
  range: Range | undefined;
  log: boolean;
  /** Whether values with a flag against them are shown. */
  flagged: boolean;
  /** Where ticks of the axis of values stand, where they are not to be chosen. */
  ticks?: readonly number[];
  /** What lies along its other axis, if not time: degrees of latitude. */
  across?: "latitude";
  bands?: readonly Band[];
  marks?: readonly Mark[];
}

/** True where anything shown is simulated. */
export function isSimulated(panel: Panel): boolean {
  return panel.traces.some((one) => one.simulated);
}

/** Indexes of values with a gap on both sides, which no line shows. */
export function isolated(line: Line): number[] {
  const missing = (at: number) => line.y[at] === null || line.y[at] === undefined;
  return line.y.flatMap((value, at) => (value !== null && missing(at - 1) && missing(at + 1) ? [at] : []));
}

const RAISED: Record<string, string> = {
  "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹",
};

/** A unit as people write it: `m-3` is m⁻³; a pure number has none. */
export function unitText(units: string): string {
  if (units === "1") return "";
  return units
    .replace("degree", "°")
    .replace(/([A-Za-z)])(-?\d+)/g, (_, word: string, power: string) => word + superscript(power));
}

/** Digits raised. */
export function superscript(digits: string): string {
  return [...digits].map((one) => RAISED[one] ?? one).join("");
}

/** What stands at the axis of values: symbol, unit, and how it is divided. */
export function axisText(symbol: string, units: string, words: string): string {
  const unit = unitText(units);
  return unit === "" ? `${symbol} · ${words}` : `${symbol} [${unit}] · ${words}`;
}

/** A value at a tick of an axis, short and with a true minus; on a logarithmic one by its power of ten. */
export function tickText(value: number, log: boolean, step: number): string {
  if (log) return powerOfTen(value);
  if (value !== 0 && (Math.abs(value) >= 1e6 || Math.abs(value) < 1e-4)) {
    return value.toExponential(step < Math.abs(value) / 100 ? 2 : 1).replace("e+", "e").replaceAll("-", "−");
  }
  const digits = step > 0 ? Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)) : undefined;
  const shown = { minimumFractionDigits: digits ?? 0, maximumFractionDigits: digits ?? 6 };
  return value.toLocaleString("en", shown).replace("-", "−");
}

/** 10³, or 2·10³ where it is no whole power. */
function powerOfTen(value: number): string {
  const power = Math.floor(Math.log10(value) + 1e-9);
  const times = Number((value / 10 ** power).toPrecision(3));
  return `${times === 1 ? "" : `${times}·`}10${superscript(String(power))}`;
}
