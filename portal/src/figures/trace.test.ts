import { describe, expect, it } from "vitest";
import { type Answer, lineOf, pointsFor, unitsOf } from "./trace";

const T0 = Date.UTC(2016, 3, 13) / 1000;
const at = (second: number) => new Date((T0 + second) * 1000).toISOString();

function answer(names: string[], rows: (string | number | null)[][]): Answer {
  return { collection_id: "c", version: "c@T", columns: names.map((name) => ({ name, units: "nT" })), rows };
}

describe("all values", () => {
  const told = answer(
    ["time", "b", "b_quality"],
    [[at(0), 1, 0], [at(60), 2, 0], [at(120), 99, 4], [at(180), null, 1], [at(240), 5, 64], [at(600), 6, 0], [at(660), 7, 0]],
  );
  const line = lineOf(told, "b");

  it("stops the line at what is missing, doubtful, or further off than a step", () => {
    expect(line.x.map((x) => x - T0)).toEqual([0, 60, 120, 180, 240, 300, 600, 660]);
    expect(line.y).toEqual([1, 2, null, null, 5, null, 6, 7]);
  });

  it("keeps doubtful values apart and counts them", () => {
    expect([line.doubtfulX.map((x) => x - T0), line.doubtfulY]).toEqual([[120], [99]]);
    expect([line.count, line.doubtful, line.step]).toEqual([6, 1, 60]);
    expect(unitsOf(told, "b")).toBe("nT");
  });
});

describe("decimated values", () => {
  const parts = ["min", "max", "min_time", "max_time", "count", "doubtful_min", "doubtful_max", "doubtful_count"];
  const line = lineOf(
    answer(["time", ...parts.map((one) => `b_${one}`)], [
      [at(0), 1, 9, at(40), at(10), 6, null, null, 0],
      [at(60), null, null, null, null, 0, 500, 900, 2],
      [at(120), 3, 3, at(130), at(130), 1, null, null, 0],
      [at(180), 2, 4, at(190), at(200), 2, 7, 7, 1],
    ]),
    "b",
  );

  it("keep both extremes in the order in which they were, and an empty bucket is a gap", () => {
    expect(line.x.map((x) => x - T0)).toEqual([10, 40, 90, 130, 190, 200]);
    expect(line.y).toEqual([9, 1, null, 3, 2, 4]);
  });

  it("keep what is doubtful apart, in the middle of its bucket", () => {
    expect(line.doubtfulX.map((x) => x - T0)).toEqual([90, 90, 210]);
    expect(line.doubtfulY).toEqual([500, 900, 7]);
    expect([line.count, line.doubtful]).toEqual([12, 3]);
  });
});

describe("how to ask", () => {
  it("asks for all values where they are few, and for buckets of two steps at least", () => {
    expect(pointsFor(86_400, 60, 1000)).toBeUndefined();
    expect(pointsFor(86_400 * 12, 1, 1000)).toBe(1000);
    expect(pointsFor(86_400 * 12, undefined, 1000)).toBe(1000);
    expect(pointsFor(2101 * 60, 60, 1000)).toBe(1000);
  });
});
