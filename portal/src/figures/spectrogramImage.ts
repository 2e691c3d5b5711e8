/** A spectrogram as an image that is stretched over a panel with a logarithmic axis of frequency. */

import { viridis } from "../theme/maps";
import { pixelsOf } from "./heat";
import type { Range } from "./range";

/** What is painted: `power[c][r]` is that of stretch c of time and frequencies r. */
export interface Powers {
  frequency_edges_hz: readonly number[];
  power: readonly (readonly (number | null)[])[];
}

/** The row of cells under each of so many lines of pixels, from the top, at equal steps of the frequency's logarithm. */
export function rowsUnder(edges: readonly number[], lines: number): number[] {
  const [low, high] = [edges[0] ?? 1, edges.at(-1) ?? 10].map(Math.log10) as [number, number];
  const tops = edges.slice(1).map(Math.log10);
  return Array.from({ length: lines }, (_, line) => {
    const at = high - ((line + 0.5) / lines) * (high - low);
    const row = tops.findIndex((top) => at <= top);
    return row < 0 ? tops.length - 1 : row;
  });
}

/** Pixels (RGBA, rows from the top), a column a stretch of time; missing powers are clear. */
export function stretchedPixels(told: Powers, range: Range, lines: number): Uint8ClampedArray {
  const rows = rowsUnder(told.frequency_edges_hz, lines).reverse(); // a table's row 0 lies at the bottom
  const table = told.power.map((column) => rows.map((row) => column[row] ?? null));
  return pixelsOf(table, range, viridis);
}

/** The image as a `data:` address of a PNG. */
export function imageAddress(told: Powers, range: Range, lines: number): string {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.max(1, told.power.length), lines];
  const pixels = new Uint8ClampedArray(stretchedPixels(told, range, lines));
  canvas.getContext("2d")?.putImageData(new ImageData(pixels, canvas.width, lines), 0, 0);
  return canvas.toDataURL("image/png");
}
