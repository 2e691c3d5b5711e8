import { describe, expect, it } from "vitest";
import { nightRing, sineOfElevation, subsolarPoint } from "./sun";

/** Equinoxes and solstices as the US Naval Observatory publishes them (UTC), with the declination of the sun there. */
const SEASONS: [string, number][] = [
  ["2016-03-20T04:30Z", 0],
  ["2016-06-20T22:34Z", 23.436],
  ["2016-09-22T14:21Z", 0],
  ["2016-12-21T10:44Z", -23.436],
  ["2024-03-20T03:06Z", 0],
  ["2024-06-20T20:51Z", 23.436],
];

describe("the point under the sun", () => {
  it.each(SEASONS)("is at %s over latitude %f", (at, latitude) => {
    expect(Math.abs(subsolarPoint(Date.parse(at))[1] - latitude)).toBeLessThan(0.02);
  });

  it("is where J. Meeus has it on 13 October 1992 (Astronomical Algorithms, examples 25.a and 28.b)", () => {
    // Declination -7° 47' 06"; the sun is 13 min 42.6 s ahead of the clock.
    const [longitude, latitude] = subsolarPoint(Date.UTC(1992, 9, 13));
    expect(Math.abs(latitude - -7.785)).toBeLessThan(0.015);
    expect(Math.abs(longitude - (180 - (13 * 60 + 42.6) / 240))).toBeLessThan(0.02);
  });

  it("moves west by 15 degrees an hour", () => {
    const noon = Date.UTC(2016, 3, 13, 12);
    const [before, after] = [subsolarPoint(noon)[0], subsolarPoint(noon + 3_600_000)[0]];
    expect(before - after).toBeCloseTo(15, 2);
  });
});

describe("the night", () => {
  it.each(["2016-04-13T13:55Z", "2016-12-21T03:00Z", "2016-03-20T04:30Z"])("ends where the sun is on the horizon at %s", (at) => {
    const sun = subsolarPoint(Date.parse(at));
    const edge = nightRing(Date.parse(at)).slice(0, 181);
    for (const [longitude, latitude] of edge) expect(Math.abs(sineOfElevation(sun, longitude, latitude))).toBeLessThan(2e-4);
  });

  it("holds the pole that is dark", () => {
    const poles = (at: string) => nightRing(Date.parse(at)).map(([, latitude]) => latitude);
    expect(poles("2016-06-20T22:34Z")).toContain(-90);
    expect(poles("2016-12-21T10:44Z")).toContain(90);
  });
});
