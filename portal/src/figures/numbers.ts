/** Numbers and instants as people read them; the same everywhere. */

const MINUS = "−";
const NONE = "–";

/** A number with so many decimals and a true minus sign; an en dash where there is none. */
export function fixed(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const text = value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return Number(text.replaceAll(",", "")) === 0 ? text.replace("-", "") : text.replace("-", MINUS);
}

/** A whole number with separators. */
export function whole(value: number | null | undefined): string {
  return fixed(value, 0);
}

/** A share as per cent. */
export function percent(share: number | null | undefined, digits = 0): string {
  return share === null || share === undefined || !Number.isFinite(share) ? NONE : `${fixed(100 * share, digits)} %`;
}

/** A p-value: two decimals, three below 0.1, never 0. */
export function probability(p: number | null | undefined): string {
  if (p === null || p === undefined) return NONE;
  return p >= 0.1 ? p.toFixed(2) : p >= 0.001 ? p.toFixed(3) : "≤ 0.001";
}

/** A value of any size with four figures that matter, as `2.013e11` where it is very large or small. */
export function figures(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e6 || size < 1e-3)) return value.toExponential(3).replace("e+", "e").replace("-", MINUS);
  return Number(value.toPrecision(5)).toLocaleString("en", { maximumFractionDigits: 6 }).replace("-", MINUS);
}

/** An ISO instant to the minute, without its zone: all times here are UTC. */
export function minute(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}

/** An ISO instant to the second. */
export function second(iso: string): string {
  return iso.slice(0, 19).replace("T", " ");
}

/** The bounds of a window: a date alone where it is midnight. */
export function bound(iso: string): string {
  return /^\d{4}-\d\d-\d\d(T00:00(:00(\.0*)?)?Z?)?$/.test(iso) ? iso.slice(0, 10) : minute(iso);
}
