import { expect, it } from "vitest";
import { rangeOf, side } from "./range";
import type { Line } from "./trace";

function line(y: (number | null)[], doubtfulY: number[] = []): Line {
  return { x: y.map((_, i) => i), y, doubtfulX: doubtfulY, doubtfulY, count: 0, doubtful: 0, step: 1, decimated: false };
}

it("is made by sound values, widened by doubtful ones that are not absurd", () => {
  expect(rangeOf([line([0, null, 100])])).toEqual([-6, 106]);
  expect(rangeOf([line([0, 100], [150])])).toEqual([-9, 159]);
  expect(rangeOf([line([0, 100], [99_999])])).toEqual([-6, 106]);
  expect(rangeOf([line([0, 100], [150])], false, false)).toEqual([-6, 106]);
});

it("shows what is doubtful where there is nothing else, and nothing where nothing is", () => {
  expect(rangeOf([line([null], [10, 20])])?.map(Math.round)).toEqual([9, 21]);
  expect(rangeOf([line([null])])).toBeUndefined();
});

it("leaves out what is not positive from a logarithmic axis", () => {
  const [low, high] = rangeOf([line([-5, 0, 1e10, 1e12])], true) ?? [0, 0];
  expect(Math.log10(low)).toBeCloseTo(10 - 0.12);
  expect(Math.log10(high)).toBeCloseTo(12 + 0.12);
});

it("gives a constant room", () => {
  expect(rangeOf([line([50, 50])])).toEqual([49.5, 50.5]);
  expect([side(3, [0, 2]), side(-1, [0, 2]), side(1, [0, 2])]).toEqual(["above", "below", "inside"]);
});
