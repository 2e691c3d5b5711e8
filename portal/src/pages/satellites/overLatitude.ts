import type { Line } from "../../figures/trace";
import { flownOf, placeDuring } from "../../map/tracks";

/** A half-orbit as far as it matters here. */
type Way = Parameters<typeof flownOf>[0];

/**
 * A line along the time of a half-orbit as one over latitude, rising, whichever way the satellite went. Latitudes are
 * those of its places, straight between them; values before the first place and after the last are left out, and so are
 * those where the satellite turns.
 */
export function overLatitude(line: Line, half: Way): Line {
  const track = flownOf(half);
  const latitude = (seconds: number) => placeDuring(track, seconds * 1000)?.[1];
  const [south, north] = [track.places[0]?.[1] ?? 0, track.places.at(-1)?.[1] ?? 0];
  const rises = north >= south;
  const told = line.x.map((x, at) => ({ x: latitude(x), y: line.y[at] ?? null }));
  const found: { x: number; y: number | null }[] = [];
  for (const { x, y } of rises ? told : told.reverse()) {
    const before = found.at(-1)?.x ?? -Infinity;
    if (x !== undefined && x > before) found.push({ x, y });
  }
  const doubtful = line.doubtfulX.flatMap((x, at) => {
    const place = latitude(x);
    return place === undefined ? [] : [[place, line.doubtfulY[at] as number] as const];
  });
  return {
    ...line,
    x: found.map((one) => one.x),
    y: found.map((one) => one.y),
    doubtfulX: doubtful.map(([x]) => x),
    doubtfulY: doubtful.map(([, y]) => y),
  };
}
