import { expect, it } from "vitest";
import { colourAt, viridis } from "../theme/maps";
import { rowsUnder, stretchedPixels } from "./spectrogramImage";

const EDGES = [1e-4, 1e-3, 3e-3, 1e-2]; // one decade, then two halves of one

it("stretches rows of cells as a logarithmic axis has them", () => {
  expect(rowsUnder(EDGES, 8)).toEqual([2, 2, 1, 1, 0, 0, 0, 0]);
  expect(rowsUnder(EDGES, 200).filter((row) => row === 0)).toHaveLength(100);
  expect(rowsUnder(EDGES, 1000).filter((row) => row === 2)).toHaveLength(Math.round(500 * Math.log10(10 / 3)));
});

it("paints each cell in its colour, high frequencies above, and leaves clear what is missing", () => {
  const pixels = stretchedPixels({ frequency_edges_hz: EDGES, power: [[1, 10, 100], [null, 10, 1]] }, [0, 2], 8);
  const at = (x: number, y: number) => [...pixels.slice((y * 2 + x) * 4, (y * 2 + x) * 4 + 4)];
  expect(at(0, 0)).toEqual([...colourAt(viridis, 1), 255]);
  expect(at(0, 3)).toEqual([...colourAt(viridis, Math.round(255 / 2) / 255), 255]);
  expect(at(0, 7)).toEqual([...colourAt(viridis, 0), 255]);
  expect(at(1, 0)).toEqual([...colourAt(viridis, 0), 255]);
  expect(at(1, 7)).toEqual([0, 0, 0, 0]);
});
