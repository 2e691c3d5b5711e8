import type { Theme } from "./theme";

/** Colours of sources, a pair (on the light ground, on the dark) each: contrast with it >= 3:1, told apart by who sees no
    red or green in the order of M. Okabe and K. Ito (2008), darkened or lightened. */
export const SOURCE_COLOURS: readonly (readonly [light: string, dark: string])[] = [
  ["#0072b2", "#56b4e9"],
  ["#c4530b", "#f0883e"],
  ["#00805c", "#2fc79a"],
  ["#a8488a", "#e08fc4"],
  ["#8a6d00", "#e3c84b"],
  ["#4b3f9e", "#a99df0"],
  ["#a3212b", "#ff8f93"],
  ["#2f7f8f", "#6fd0de"],
  ["#5c6b1d", "#b4c85a"],
  ["#7a4a21", "#d0a070"],
  ["#5d6770", "#a8b3bb"],
  ["#1b4f9c", "#7fa8ff"],
];

/** Dashes that tell apart sources whose colours are alike [px]; an empty one is a full line. */
const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [8, 3, 2, 3]];

/** The colour of a source, by its collection's name (and station's, where several are in one): the same on all pages. */
export function sourceColour(name: string, theme: Theme): string {
  const pair = SOURCE_COLOURS[hash(name) % SOURCE_COLOURS.length];
  return (pair ?? ["#0072b2", "#56b4e9"])[theme === "light" ? 0 : 1];
}

/** The dashes of a source's line, which go with its colour. */
export function sourceDash(name: string): readonly number[] {
  return DASHES[Math.floor(hash(name) / SOURCE_COLOURS.length) % DASHES.length] ?? [];
}

/** FNV-1a with a final mix, 32 bits (G. Fowler, L. C. Noll, K.-P. Vo, 1991). */
function hash(name: string): number {
  let value = 0x811c9dc5;
  for (const unit of new TextEncoder().encode(name)) value = Math.imul(value ^ unit, 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}
