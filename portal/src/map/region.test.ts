import { geoDistance } from "d3-geo";
import { describe, expect, it } from "vitest";
import { area, asked, centreOf, drawn, edge, holds, placedAt, type Region, regionOf, regionText, sizeText, width } from "./region";
import type { Place } from "./sphere";

const CIRCLES: [string, Place, number][] = [
  ["in the middle", [94.9, 23.1], 927],
  ["across 180 degrees", [179.5, -16], 900],
  ["round the north pole", [10, 89.5], 300],
  ["just short of a pole", [-60, 84], 666],
  ["just over a pole", [-60, 84], 668],
  ["round the south pole, wide", [-170, -60], 5000],
  ["round both poles", [100, 10], 12_000],
];

/** Even-odd: whether a place lies in the rings, in any of the worlds beside each other. */
function within(rings: readonly (readonly Place[])[], [x, y]: Place): boolean {
  return [-360, 0, 360].some((turn) => {
    let inside = false;
    for (const ring of rings)
      ring.forEach(([x1, y1], at) => {
        const [x0, y0] = ring[(at + ring.length - 1) % ring.length] as Place;
        if (y0 > y !== y1 > y && x + turn < x0 + ((y - y0) / (y1 - y0)) * (x1 - x0)) inside = !inside;
      });
    return inside;
  });
}

describe.each(CIRCLES)("a circle %s", (_, centre, km) => {
  const region: Region = { kind: "circle", centre, km };

  it("has an edge that is everywhere as far as it should be, and goes on without a jump", () => {
    const line = edge(region);
    for (const place of line) expect(Math.abs(geoDistance([...centre], [...place]) * 6371 - km)).toBeLessThan(1e-3);
    line.slice(1).forEach(([x], at) => expect(Math.abs(x - (line[at] as Place)[0])).toBeLessThan(10));
  });

  it("covers on the map what is nearer than its radius, and nothing else", () => {
    const rings = area(region);
    for (let x = -179.3; x < 180; x += 7.1)
      for (let y = -89.6; y < 90; y += 3.7) {
        const away = geoDistance([...centre], [x, y]) * 6371;
        if (Math.abs(away - km) < 40) continue; // corners cut the edge
        expect([x, y, within(rings, [x, y])]).toEqual([x, y, away < km]);
        expect(holds(region, [x, y])).toBe(away < km);
      }
  });
});

describe("drawing", () => {
  it("makes a circle from its centre to its edge, by the great circle", () => {
    const circle = drawn("circle", [0, 0], [0, 9]);
    expect(circle).toEqual({ kind: "circle", centre: [0, 0], km: Math.round((geoDistance([0, 0], [0, 9]) * 6371)) });
    expect(drawn("circle", [190, 60], [200, 60])).toMatchObject({ centre: [-170, 60], km: Math.round(geoDistance([-170, 60], [-160, 60]) * 6371) });
    expect(drawn("circle", [0, 95], [0, 89])).toMatchObject({ centre: [0, 90] });
  });

  it("makes a box from any corner to the other, and across 180 degrees", () => {
    expect(drawn("box", [100, 30], [90, 20])).toEqual({ kind: "box", west: 90, south: 20, east: 100, north: 30 });
    const across = drawn("box", [170, -10], [195, 10]);
    expect(across).toEqual({ kind: "box", west: 170, south: -10, east: -165, north: 10 });
    expect(across.kind === "box" && width(across)).toBe(25);
    expect(centreOf(across)).toEqual([-177.5, 0]);
    expect([holds(across, [180, 0]), holds(across, [-170, 5]), holds(across, [0, 0]), holds(across, [175, 11])]).toEqual([true, true, false, false]);
    expect(edge(across).map(([x]) => x)).toEqual([170, 195, 195, 170, 170]);
    const whole = drawn("box", [-200, -95], [300, 95]);
    expect(whole).toMatchObject({ south: -90, north: 90 });
    expect(whole.kind === "box" && width(whole)).toBe(359);
  });

  it("puts one of the same size where one clicks, whole on the Earth", () => {
    expect(placedAt("circle", [95, 20])).toEqual({ kind: "circle", centre: [95, 20], km: 500 });
    expect(placedAt("circle", [5, 6], { kind: "circle", centre: [1, 2], km: 42 })).toEqual({ kind: "circle", centre: [5, 6], km: 42 });
    expect(placedAt("box", [100, 89])).toEqual({ kind: "box", west: 95, south: 80, east: 105, north: 90 });
  });
});

describe("the address", () => {
  it("tells a region and is read back", () => {
    for (const region of [drawn("circle", [94.87, 23.09], [99, 25]), drawn("box", [170, -10], [195, 10])]) expect(regionOf(regionText(region))).toEqual(region);
    expect(asked(drawn("box", [170, -10], [195, 10]))).toEqual({ box: "170,-10,-165,10" });
    expect(asked({ kind: "circle", centre: [94.9, 23.1], km: 500 })).toEqual({ near: "23.1,94.9", radius_km: "500" });
  });

  it("tells none where it is nonsense", () => {
    for (const text of ["", "circle", "circle/1/2", "circle/91/0/10", "circle/0/181/10", "circle/0/0/0", "circle/0/0/20041", "circle/1//3", "box/0/10/5/5", "box/0/0/1", "box/0/0/181/1", "event/x"])
      expect(regionOf(text)).toBeUndefined();
  });

  it("tells its size", () => {
    expect([sizeText({ kind: "circle", centre: [0, 0], km: 1234.5 }), sizeText(drawn("box", [170, -10], [195, 10]))]).toEqual(["1,234.5 km", "25.0° × 20.0°"]);
  });
});
