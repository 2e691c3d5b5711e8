import { geoDistance } from "d3-geo";
import { describe, expect, it } from "vitest";
import { between, circle, cut, distanceKm, type Place, placeAt } from "./sphere";

const PLACES: Place[] = [[94.9, 23.1], [179.5, -16], [-170, 60], [10, 89.5]];

describe("circles", () => {
  it.each(PLACES.map((place) => [place]))("round %s are everywhere as far as they should be", (centre) => {
    for (const km of [50, 900, 4500])
      for (const part of circle(centre, km))
        for (const place of part.filter(([x]) => Math.abs(x) < 180)) {
          const apart = geoDistance([...centre], [...place]) * 6371;
          expect(Math.abs(apart - km)).toBeLessThan(1e-6 * km + 1e-6);
        }
  });

  it("are of one piece away from 180 degrees, and of several across it", () => {
    expect(circle([94.9, 23.1], 900)).toHaveLength(1);
    expect(circle([179.5, -16], 900).length).toBeGreaterThan(1);
  });
});

describe("lines", () => {
  it("are cut where they cross 180 degrees", () => {
    expect(cut([[170, 10], [-170, 20]])).toEqual([[[170, 10], [180, 15]], [[-180, 15], [-170, 20]]]);
    expect(cut([[-175, 0], [175, 4]])).toEqual([[[-175, 0], [-180, 2]], [[180, 2], [175, 4]]]);
    expect(cut([[0, 0], [10, 10]])).toEqual([[[0, 0], [10, 10]]]);
    expect(cut([])).toEqual([]);
  });

  it("never step farther than half round", () => {
    const line = Array.from({ length: 200 }, (_, at): Place => [((at * 37 + 180) % 360) - 180, 0]);
    for (const part of cut(line))
      part.forEach(([x], at) => {
        expect(Math.abs(x - (part[at - 1]?.[0] ?? x))).toBeLessThanOrEqual(180);
      });
  });
});

describe("places", () => {
  it("are as far apart as d3 has them", () => {
    for (const one of PLACES)
      for (const other of PLACES) expect(distanceKm(one, other)).toBeCloseTo(geoDistance([...one], [...other]) * 6371, 6);
  });

  it("lie in the direction asked for", () => {
    expect(placeAt([0, 0], 90, 6371 * Math.PI / 2)[0]).toBeCloseTo(90, 9);
    expect(placeAt([0, 0], 0, 6371 * Math.PI / 4)[1]).toBeCloseTo(45, 9);
  });

  it("between two are the shorter way", () => {
    expect(between([170, 0], [-170, 10], 0.5)).toEqual([-180, 5]);
    expect(between([10, 0], [20, 10], 0.25)).toEqual([12.5, 2.5]);
  });
});
