import { expect, it } from "vitest";
import { crossings, variablesOf } from "./alongTrack";

const START = "2016-04-13T20:00:00Z";
const T0 = Date.parse(START);

it("the equator is crossed between the places on both sides of it", () => {
  expect(crossings({ start: START, places: [[90, -4, 0], [89, 12, 60], [88, 20, 120]] })).toEqual([T0 + 15_000]);
  expect(crossings({ start: START, places: [[90, 8, 0], [89, 4, 60]] })).toEqual([]);
  expect(crossings({ start: START, places: [[90, -8, 0], [89, 0, 60], [88, 8, 120]] })).toEqual([T0 + 60_000]);
});

it("variables are what was measured, of decimated answers too", () => {
  const columns = (...names: string[]) => ({ columns: names.map((name) => ({ name })) });
  expect(variablesOf(columns("time", "latitude", "longitude", "height_km", "b_total", "half_orbit_id"))).toEqual(["b_total"]);
  expect(variablesOf(columns("time", "electron_density_min", "electron_density_max", "electron_density_min_time", "electron_density_doubtful_min"))).toEqual(["electron_density"]);
});
