import { describe, expect, it } from "vitest";
import { during, flownOf, foretoldOf, linesOf, placeDuring } from "./tracks";

const START = "2016-04-13T20:52:08Z";
const T0 = Date.parse(START);
const half = flownOf({ start: START, places: [[170, -10, 0], [178, 0, 60], [-174, 10, 120]] });

describe("a half-orbit", () => {
  it("is where its places tell it, and between them on the way over 180 degrees", () => {
    expect(placeDuring(half, T0)).toEqual([170, -10]);
    expect(placeDuring(half, T0 + 30_000)).toEqual([174, -5]);
    expect(placeDuring(half, T0 + 90_000)).toEqual([-178, 5]);
    expect(placeDuring(half, T0 + 120_000)).toEqual([-174, 10]);
  });

  it("is nowhere before and after", () => {
    expect(placeDuring(half, T0 - 1)).toBeUndefined();
    expect(placeDuring(half, T0 + 120_001)).toBeUndefined();
  });

  it("is cut to a part, its ends between places", () => {
    const part = during(half, T0 + 30_000, T0 + 90_000);
    expect(part.places).toEqual([[174, -5], [178, 0], [-178, 5]]);
    expect(part.times).toEqual([T0 + 30_000, T0 + 60_000, T0 + 90_000]);
    expect(during(half, T0 - 1e9, T0 + 1e9).places).toEqual(half.places);
    expect(during(half, T0 + 1e6, T0 + 2e6).places).toEqual([]);
  });

  it("is drawn in parts", () => {
    expect(linesOf(half)).toEqual([[[170, -10], [178, 0], [180, 2.5]], [[-180, 2.5], [-174, 10]]]);
  });
});

it("foretold places are a track too", () => {
  const track = foretoldOf([{ time: START, longitude: 1, latitude: 2 }]);
  expect(track).toEqual({ times: [T0], places: [[1, 2]] });
});
