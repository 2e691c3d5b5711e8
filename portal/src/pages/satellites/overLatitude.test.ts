import { expect, it } from "vitest";
import type { Line } from "../../figures/trace";
import { overLatitude } from "./overLatitude";

const START = "2016-04-13T20:00:00Z";
const T0 = Date.parse(START) / 1000;

function line(part: Partial<Line>): Line {
  return { x: [], y: [], doubtfulX: [], doubtfulY: [], count: 0, doubtful: 0, step: 1, decimated: true, ...part };
}

it("puts values where the satellite was, its gaps kept, and leaves out what no place is known of", () => {
  const half = { start: START, places: [[90, -10, 0], [89, 10, 100], [88, 20, 200]] };
  const found = overLatitude(line({ x: [T0 - 1, T0, T0 + 50, T0 + 100, T0 + 150, T0 + 201], y: [9, 1, null, 3, 4, 9], doubtfulX: [T0 + 25, T0 + 300], doubtfulY: [7, 8] }), half);
  expect([found.x, found.y]).toEqual([[-10, 0, 10, 15], [1, null, 3, 4]]);
  expect([found.doubtfulX, found.doubtfulY]).toEqual([[-5], [7]]);
});

it("rises from south to north where the satellite went the other way, and stops where it turns", () => {
  const half = { start: START, places: [[90, 20, 0], [89, 0, 100], [88, -20, 200], [87, -15, 250]] };
  const found = overLatitude(line({ x: [T0, T0 + 50, T0 + 100, T0 + 200, T0 + 250], y: [1, 2, 3, 4, 5] }), half);
  expect(found.x.every((x, at) => at === 0 || x > (found.x[at - 1] as number))).toBe(true);
  expect([found.x, found.y]).toEqual([[-15, 0, 10, 20], [5, 3, 2, 1]]);
});
