/** Colours of a table of numbers: their range, and the cells as an image. */

import { type ColourMap, colourTable } from "../theme/maps";
import type { Range } from "./range";

const TAILS = 0.02;

/** Range of the logarithms of what is positive, its lowest and highest 2 % left out; undefined where nothing is. */
export function logRange(table: readonly (readonly (number | null)[])[]): Range | undefined {
  const found = table.flatMap((row) => row.filter((one): one is number => one !== null && one > 0));
  if (found.length === 0) return undefined;
  const logs = Float64Array.from(found, Math.log10).sort();
  const at = (share: number) => logs[Math.min(logs.length - 1, Math.floor(share * logs.length))] as number;
  const [low, high] = [at(TAILS), at(1 - TAILS)];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

/** Pixels (RGBA, rows from the top) of `table[column][row]`, row 0 at the bottom; what is missing is clear. */
export function pixelsOf(table: readonly (readonly (number | null)[])[], range: Range, map: ColourMap): Uint8ClampedArray {
  const colours = colourTable(map);
  const [columns, rows] = [table.length, table[0]?.length ?? 0];
  const out = new Uint8ClampedArray(columns * rows * 4);
  table.forEach((column, x) =>
    column.forEach((value, row) => {
      if (value === null || value <= 0) return;
      const share = (Math.log10(value) - range[0]) / (range[1] - range[0]);
      const colour = Math.min(255, Math.max(0, Math.round(share * 255))) * 4;
      out.set(colours.subarray(colour, colour + 4), ((rows - 1 - row) * columns + x) * 4);
    }),
  );
  return out;
}

/** A power by its logarithm, with two figures: `2.5e−3`. */
export function powerText(logarithm: number): string {
  return (10 ** logarithm).toExponential(1).replace("e+", "e").replaceAll("-", "−");
}
