import { expect, it } from "vitest";
import { cividis, colourAt } from "../theme/maps";
import { logRange, pixelsOf } from "./heat";

it("takes the range of what is positive, without its tails", () => {
  const values = Array.from({ length: 1000 }, (_, at) => 10 ** (at / 100));
  const [low, high] = logRange([[...values, null, 0, -5]]) ?? [0, 0];
  expect([low, high].map((one) => Number(one.toFixed(2)))).toEqual([0.2, 9.8]);
  expect(logRange([[null]])).toBeUndefined();
  expect(logRange([[100]])).toEqual([1.5, 2.5]);
});

it("paints each cell at its place, and leaves clear what is missing", () => {
  const pixels = pixelsOf([[1, 100], [null, 1e9]], [0, 2], cividis);
  const at = (x: number, y: number) => [...pixels.slice((y * 2 + x) * 4, (y * 2 + x) * 4 + 4)];
  expect(at(0, 1)).toEqual([...colourAt(cividis, 0), 255]);
  expect(at(0, 0)).toEqual([...colourAt(cividis, 1), 255]);
  expect(at(1, 1)).toEqual([0, 0, 0, 0]);
  expect(at(1, 0)).toEqual([...colourAt(cividis, 1), 255]);
});
