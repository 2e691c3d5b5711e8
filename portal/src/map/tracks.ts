import { between, cut, type Place } from "./sphere";

/** Half-orbits and predictions as lines over the ground, and where a satellite is at an instant [ms since 1970]. */

export interface Flown {
  /** Instant of each place [ms]. */
  times: readonly number[];
  places: readonly Place[];
}

interface HalfOrbit {
  start: string;
  places: readonly (readonly number[])[];
}

interface Foretold {
  time: string;
  longitude: number;
  latitude: number;
}

/** A half-orbit as the API tells it. */
export function flownOf(one: HalfOrbit): Flown {
  const start = Date.parse(one.start);
  return {
    times: one.places.map(([, , seconds = 0]) => start + 1000 * seconds),
    places: one.places.map(([longitude = 0, latitude = 0]) => [longitude, latitude] as const),
  };
}

/** Foretold places as the API tells them. */
export function foretoldOf(places: readonly Foretold[]): Flown {
  return {
    times: places.map((one) => Date.parse(one.time)),
    places: places.map((one) => [one.longitude, one.latitude] as const),
  };
}

/** The part from one instant to another, its ends between two places where they fall there. */
export function during(track: Flown, from: number, to: number): Flown {
  const inside = track.times.flatMap((time, at) => (time > from && time < to ? [at] : []));
  const ends = [from, to].map((at) => ({ at, place: placeDuring(track, at) }));
  const times = inside.map((at) => track.times[at] as number);
  const places = inside.map((at) => track.places[at] as Place);
  const [first, last] = ends;
  if (first?.place !== undefined) { times.unshift(first.at); places.unshift(first.place); }
  if (last?.place !== undefined) { times.push(last.at); places.push(last.place); }
  return { times, places };
}

/** Where it is at an instant; undefined before its first place and after its last. */
export function placeDuring({ times, places }: Flown, at: number): Place | undefined {
  const next = times.findIndex((time) => time >= at);
  const [time, place] = [times[next], places[next]];
  if (time === undefined || place === undefined) return undefined;
  if (time === at) return place;
  const [before, from] = [times[next - 1], places[next - 1]];
  return before === undefined || from === undefined ? undefined : between(from, place, (at - before) / (time - before));
}

/** Its line over the ground, in parts that do not cross 180 degrees. */
export function linesOf(track: Flown): Place[][] {
  return cut(track.places);
}
