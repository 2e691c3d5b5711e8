/** A place on the map to ask about: a circle by its great-circle radius, or a box of longitudes and latitudes. */

import { distanceKm, east180, type Place, placeAt } from "./sphere";

export interface Circle {
  kind: "circle";
  centre: Place;
  km: number;
}

/** `west` > `east` where it crosses 180 degrees. */
export interface Box {
  kind: "box";
  west: number;
  south: number;
  east: number;
  north: number;
}

export type Region = Circle | Box;
export type Kind = Region["kind"];

export const USUAL_KM = 500;
/** Half of the way round the Earth. */
export const MOST_KM = 20_015;
const USUAL_DEG = 10;
const WIDEST_DEG = 359;
const CORNERS = 128;
const STEP_DEG = 4;
const DEPTH = 12;
const NEAREST_POLE = 90 - 1e-6;

/** What is drawn from one place to another: a circle from its centre to its edge, a box from corner to corner. */
export function drawn(kind: Kind, from: Place, to: Place): Region {
  if (kind === "circle") return { kind, centre: onEarth(from), km: roundedKm(distanceKm(within(from), within(to))) };
  const [left, right] = [Math.min(from[0], to[0]), Math.max(from[0], to[0])];
  const [low, high] = [within(from)[1], within(to)[1]].sort((one, other) => one - other) as [number, number];
  const wide = Math.min(right - left, WIDEST_DEG);
  return { kind, west: fine(east180(left)), east: fine(east180(left + wide)), south: fine(low), north: fine(high) };
}

/** One of the size of another, or of the usual size, about a place. */
export function placedAt(kind: Kind, at: Place, like?: Region): Region {
  if (kind === "circle") return { kind, centre: onEarth(at), km: like?.kind === "circle" ? like.km : USUAL_KM };
  const [wide, high] = like?.kind === "box" ? [width(like), like.north - like.south] : [USUAL_DEG, USUAL_DEG];
  const middle = Math.min(90 - high / 2, Math.max(-90 + high / 2, at[1]));
  return drawn(kind, [at[0] - wide / 2, middle - high / 2], [at[0] + wide / 2, middle + high / 2]);
}

/** The middle of it. */
export function centreOf(region: Region): Place {
  if (region.kind === "circle") return region.centre;
  return [east180(region.west + width(region) / 2), (region.south + region.north) / 2];
}

/** True where a place lies in it, its edge included. */
export function holds(region: Region, [longitude, latitude]: Place): boolean {
  if (region.kind === "circle") return distanceKm(region.centre, [longitude, latitude]) <= region.km;
  const { west, east, south, north } = region;
  const x = east180(longitude);
  const across = west <= east ? x >= west && x <= east : x >= west || x <= east;
  return across && latitude >= south && latitude <= north;
}

/** Its edge as one line, whose longitudes go on beyond 180 degrees rather than jump; round a pole it spans 360. */
export function edge(region: Region): Place[] {
  if (region.kind === "box") {
    const [east, { west, south, north }] = [region.west + width(region), region];
    return [[west, south], [east, south], [east, north], [west, north], [west, south]];
  }
  const [x, y] = region.centre;
  const centre: Place = [x, Math.min(NEAREST_POLE, Math.max(-NEAREST_POLE, y))];
  const at = (azimuth: number) => placeAt(centre, azimuth, region.km);
  const line: Place[] = [at(0)];
  for (let k = 0; k < CORNERS; k += 1) follow(line, at, (360 * k) / CORNERS, (360 * (k + 1)) / CORNERS, DEPTH);
  return line;
}

/** Goes on along a circle; where a step is long, as close to a pole, in smaller ones. */
function follow(line: Place[], at: (azimuth: number) => Place, from: number, to: number, depth: number): void {
  const [x] = line.at(-1) as Place;
  const [east, north] = at(to);
  const step = east180(east - x);
  if (Math.abs(step) > STEP_DEG && depth > 0) {
    const middle = (from + to) / 2;
    follow(line, at, from, middle, depth - 1);
    follow(line, at, middle, to, depth - 1);
  } else line.push([x + step, north]);
}

/** Its area as rings over the plane of longitude and latitude, the outer one first: closed along the pole that it holds. */
export function area(region: Region): Place[][] {
  const line = edge(region);
  if (region.kind === "box") return [line];
  const poles = [90, -90].filter((pole) => distanceKm(region.centre, [0, pole]) < region.km);
  const [pole] = poles;
  const [first, last] = [line[0] as Place, line.at(-1) as Place];
  if (pole === undefined) return [line];
  if (poles.length === 1) return [[...line, [last[0], pole], [first[0], pole], first]];
  const xs = line.map(([x]) => x);
  const middle = (Math.min(...xs) + Math.max(...xs)) / 2;
  const [west, east] = [middle - 180, middle + 180];
  return [[[west, -90], [east, -90], [east, 90], [west, 90], [west, -90]], line];
}

/** As the address of a page has it: `circle/latitude/longitude/km`, `box/west/south/east/north`. */
export function regionText(region: Region): string {
  if (region.kind === "circle") return ["circle", region.centre[1], region.centre[0], region.km].join("/");
  return ["box", region.west, region.south, region.east, region.north].join("/");
}

/** The region that a text tells; undefined where it tells none. */
export function regionOf(text: string): Region | undefined {
  const [kind, ...rest] = text.split("/");
  const numbers = rest.map((one) => (one.trim() === "" ? Number.NaN : Number(one)));
  if (kind === "circle" && numbers.length === 3) return circleOf(numbers[0], numbers[1], numbers[2]);
  if (kind === "box" && numbers.length === 4) return boxOf(numbers[0], numbers[1], numbers[2], numbers[3]);
  return undefined;
}

/** The circle of these numbers, if there is one. */
export function circleOf(latitude = Number.NaN, longitude = Number.NaN, km = Number.NaN): Circle | undefined {
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && km > 0 && km <= 20_040)) return undefined;
  return { kind: "circle", centre: [longitude, latitude], km };
}

/** The box of these sides, if there is one. */
export function boxOf(west = Number.NaN, south = Number.NaN, east = Number.NaN, north = Number.NaN): Box | undefined {
  const fits = Math.abs(west) <= 180 && Math.abs(east) <= 180 && south >= -90 && south <= north && north <= 90;
  return fits ? { kind: "box", west, south, east, north } : undefined;
}

/** The region as `/api/v1/around` and the page of that name take it. */
export function asked(region: Region): { near: string; radius_km: string } | { box: string } {
  if (region.kind === "circle") return { near: `${region.centre[1]},${region.centre[0]}`, radius_km: String(region.km) };
  return { box: [region.west, region.south, region.east, region.north].join(",") };
}

/** How large it is: a radius, or degrees of longitude and latitude. */
export function sizeText(region: Region): string {
  if (region.kind === "circle") return `${region.km.toLocaleString("en", { maximumFractionDigits: 1 })} km`;
  return `${width(region).toFixed(1)}° × ${(region.north - region.south).toFixed(1)}°`;
}

/** Degrees of longitude from its west to its east. */
export function width({ west, east }: Box): number {
  return east >= west ? east - west : east - west + 360;
}

function within([longitude, latitude]: Place): Place {
  return [longitude, Math.min(90, Math.max(-90, latitude))];
}

function onEarth(place: Place): Place {
  const [longitude, latitude] = within(place);
  return [fine(east180(longitude)), fine(latitude)];
}

function roundedKm(km: number): number {
  return Math.min(MOST_KM, km >= 10 ? Math.round(km) : Math.max(0.1, Math.round(10 * km) / 10));
}

/** Degrees to a thousandth, 0.1 km. */
function fine(degrees: number): number {
  return Math.round(1000 * degrees) / 1000;
}
