import type { Answer } from "../../figures/trace";
import { flownOf } from "../../map/tracks";

const ALONG = new Set(["time", "latitude", "longitude", "height_km", "half_orbit_id", "simulated"]);
const PART = /_(min|max|min_time|max_time|doubtful_min|doubtful_max|doubtful_count|count|flags|quality)$/;

/** Variables of an answer of tracks, each once, without where it was measured. */
export function variablesOf(answer: Pick<Answer, "columns">): string[] {
  const names = answer.columns.map((one) => one.name).filter((name) => !ALONG.has(name));
  const decimated = names.some((name) => name.endsWith("_min"));
  const own = decimated ? names.filter((name) => name.endsWith("_min") && !name.endsWith("_doubtful_min")).map((name) => name.slice(0, -4)) : names.filter((name) => !PART.test(name));
  return [...new Set(own)].filter((name) => !ALONG.has(name));
}

/** Instants [ms] at which the equator is crossed. */
export function crossings(half: { start: string; places: readonly (readonly number[])[] }): number[] {
  const { times, places } = flownOf(half);
  return places.flatMap(([, latitude], at) => {
    const [before, time] = [places[at - 1]?.[1], times[at] as number];
    if (before === undefined || before === latitude || before * latitude > 0 || before === 0) return [];
    return [time - ((time - (times[at - 1] as number)) * latitude) / (latitude - before)];
  });
}
