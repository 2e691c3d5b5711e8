/** Earthquakes on the map: the radius of a mark is the magnitude, its filling the age. */

const DAY_MS = 86_400_000;

/** Radius of a magnitude's mark [px]: 3 at M 4, and twice that each 1.6 magnitudes. */
export function radiusOf(magnitude: number | null): number {
  return magnitude === null ? 3 : Math.min(28, Math.max(2.5, 3 * 2 ** ((magnitude - 4) / 1.6)));
}

/** Share of the filling's opacity at an age [ms]: full on the day, a tenth after a month. */
export function freshness(age: number): number {
  return Math.max(0.1, 1 - Math.max(0, age) / (30 * DAY_MS));
}

/** Ages of the legend, in days. */
export const AGES = [0, 7, 30] as const;
export const SIZES = [5, 6, 7] as const;
