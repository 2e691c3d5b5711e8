import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { type GeoPermissibleObjects, geoEquirectangular, geoPath } from "d3-geo";
import { feature, mesh } from "topojson-client";
import type { GeometryCollection, GeometryObject, Topology } from "topojson-specification";
import type { Plugin } from "vite";

/** ISO 3166 numbers of the member states: Bangladesh, China, Iran, Mongolia, Pakistan, Peru, Thailand, Türkiye. */
const MEMBERS = new Set(["050", "156", "364", "496", "586", "604", "764", "792"]);

const SCALE = 50;
const LEAST_STEP = 3;
const SMALLEST = 10;

/**
 * Writes land, coasts and members' land borders (Natural Earth), cut at 180 degrees, as one small file: each
 * line is a list of whole numbers, the first place and then the steps to the next, in fiftieths of a degree.
 */
export function ground(path: string): Plugin {
  return {
    name: "ground",
    buildStart() {
      if (existsSync(path)) return;
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, JSON.stringify(drawn()));
    },
  };
}

function drawn(): { land: number[][]; coasts: number[][]; borders: number[][] } {
  const land = atlas("land-50m.json");
  const countries = atlas("countries-50m.json");
  const rings = flat(feature(land, land.objects["land"] as GeometryCollection));
  const between = mesh(countries, countries.objects["countries"] as GeometryObject, (one, other) => one !== other && (isMember(one) || isMember(other)));
  return {
    land: rings.map(steps).filter((line) => extent(line) >= SMALLEST),
    coasts: rings.flatMap(withoutEdges).map(steps).filter((line) => extent(line) >= SMALLEST / 2),
    borders: flat(between).map(steps).filter((line) => line.length > 2),
  };
}

/** Shapes of the sphere as lines in plate carrée, cut at 180 degrees, polygons closed along it. */
function flat(shape: GeoPermissibleObjects): number[][][] {
  const lines: number[][][] = [];
  const pen = {
    beginPath: () => undefined,
    moveTo: (x: number, y: number) => void lines.push([[x, -y]]),
    lineTo: (x: number, y: number) => void lines.at(-1)?.push([x, -y]),
    closePath: () => void lines.at(-1)?.push(lines.at(-1)?.[0] ?? []),
    arc: () => undefined,
  };
  geoPath(geoEquirectangular().scale(180 / Math.PI).translate([0, 0]).precision(0), pen)(shape);
  return lines;
}

function atlas(name: string): Topology {
  return JSON.parse(readFileSync(createRequire(import.meta.url).resolve(`world-atlas/${name}`), "utf8")) as Topology;
}

function isMember(country: GeometryObject): boolean {
  return MEMBERS.has(String(country.id));
}

/** A ring's parts that are coast: not the cut along 180 degrees, nor the one along the south pole. */
function withoutEdges(ring: number[][]): number[][][] {
  const parts: number[][][] = [[]];
  for (const [at, place] of ring.entries()) {
    const before = ring[at - 1];
    if (before !== undefined && onEdge(before) && onEdge(place)) parts.push([]);
    parts.at(-1)?.push(place);
  }
  return parts.filter((part) => part.length > 1);
}

function onEdge([longitude = 0, latitude = 0]: number[]): boolean {
  return Math.abs(longitude) > 179.99 || latitude < -89.9;
}

function steps(line: number[][]): number[] {
  const out: number[] = [];
  let [x, y] = [0, 0];
  line.forEach(([longitude = 0, latitude = 0], at) => {
    const [nextX, nextY] = [Math.round(longitude * SCALE), Math.round(latitude * SCALE)];
    const near = Math.abs(nextX - x) < LEAST_STEP && Math.abs(nextY - y) < LEAST_STEP;
    if (at > 0 && at < line.length - 1 && near) return;
    out.push(nextX - x, nextY - y);
    [x, y] = [nextX, nextY];
  });
  return out;
}

function extent(line: number[]): number {
  let [x, y, west, east, south, north] = [0, 0, Infinity, -Infinity, Infinity, -Infinity];
  for (let at = 0; at < line.length; at += 2) {
    [x, y] = [x + (line[at] ?? 0), y + (line[at + 1] ?? 0)];
    [west, east, south, north] = [Math.min(west, x), Math.max(east, x), Math.min(south, y), Math.max(north, y)];
  }
  return Math.max(east - west, north - south);
}
