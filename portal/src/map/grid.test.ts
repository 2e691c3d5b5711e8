import { describe, expect, it } from "vitest";
import { limits, painted, valueOf } from "./grid";

const table = new Uint8ClampedArray(1024).map((_, at) => (at % 4 === 3 ? 255 : Math.floor(at / 4)));
const axis = (from: number, to: number, step: number) => Array.from({ length: (to - from) / step + 1 }, (_, at) => from + at * step);
const latitudes = axis(-87.5, 87.5, 2.5);
const grid = (longitudes: number[]) => ({
  latitudes,
  longitudes,
  values: latitudes.map((latitude) => longitudes.map((longitude) => 50 + latitude / 2 + (Math.abs(longitude) / 180) * 10)),
});

describe("a map on a grid", () => {
  it("has between its points what is straight between them", () => {
    const map = grid(axis(-180, 180, 5));
    for (const [x, y] of [[91.3, 22.7], [-179, 3], [180, -20], [0, 87.5]] as const)
      expect(valueOf(map, x, y)).toBeCloseTo(50 + y / 2 + (Math.abs(x) / 180) * 10, 6);
  });

  it("goes on over 180 degrees where its axis goes round but for a step", () => {
    const map = grid(axis(-180, 175, 5));
    expect(valueOf(map, 177.5, 0)).toBeCloseTo(50 + 0.5 * ((175 / 180) * 10 + 10), 6);
    expect(valueOf(grid(axis(60, 120, 5)), 177.5, 0)).toBeUndefined();
  });

  it("has nothing beyond its edges and beside a missing value", () => {
    const map = grid(axis(60, 120, 5));
    expect(valueOf(map, 50, 0)).toBeUndefined();
    expect(valueOf(map, 90, 89)).toBeUndefined();
    const holed = { ...map, values: map.values.map((row, at) => (latitudes[at] === 0 ? row.map(() => null) : row)) };
    expect(valueOf(holed, 90, 1)).toBeUndefined();
    expect(valueOf(holed, 90, 2.5)).toBeDefined();
  });

  it("is painted north up, clear where there is nothing", () => {
    const pixels = painted(grid(axis(-180, 180, 5)), 0, 100, table, 360);
    const shade = (x: number, y: number) => pixels[4 * (y * 360 + x)] as number;
    expect(pixels[3]).toBe(0);
    expect(shade(180, 10)).toBeGreaterThan(shade(180, 170));
    const value = 50 + 24.5 / 2 + (89.5 / 180) * 10;
    expect(shade(180 + 89, 65)).toBe(Math.round(2.55 * value));
  });

  it("has round limits", () => {
    expect(limits([[[3, 47.2], [null, 12]]])).toEqual([0, 50]);
    expect(limits([[[-3.2, 8.1]]])).toEqual([-5, 10]);
    expect(limits([[[null]]])).toEqual([0, 1]);
  });
});
