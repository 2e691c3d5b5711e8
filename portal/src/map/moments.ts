/** Instants of the map: which one is shown at first, what belongs to it, and how the slider steps. */

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
export const STEP_MS = 5 * MINUTE_MS;

interface Held {
  shape: string;
  last: string;
}

const FRESH_MS = 2 * DAY_MS;
const BY_SHAPE = [["field", "track"], ["series", "profile", "rays"], ["events"]];

/**
 * The instant to show where none is asked for: now, or, where nothing has come for two days, when what is held ends. That
 * is when maps and tracks end; where there are none, series; where there are none, earthquakes.
 */
export function momentAtFirst(held: readonly Held[], now: number): { at: number; ended: boolean } {
  for (const shapes of BY_SHAPE) {
    const ends = held.filter((one) => shapes.includes(one.shape)).map((one) => Date.parse(one.last));
    if (ends.length === 0) continue;
    const last = Math.max(...ends);
    return last >= now - FRESH_MS ? { at: stepped(now), ended: false } : { at: stepped(last), ended: true };
  }
  return { at: stepped(now), ended: false };
}

/** An instant moved back to a step of the slider. */
export function stepped(at: number): number {
  return Math.floor(at / STEP_MS) * STEP_MS;
}

/** When the day (UTC) of an instant begins. */
export function dayOf(at: number): number {
  return Math.floor(at / DAY_MS) * DAY_MS;
}

/** An instant as an address and the API have it, to the second. */
export function isoOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** Date, and date and time to the minute, as people read them. */
export function dateText(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

export function timeText(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace("T", " ");
}

/** The index of the time nearest to an instant, if one is within `most` ms of it. */
export function nearest(times: readonly number[], at: number, most: number): number | undefined {
  let best: number | undefined;
  times.forEach((time, index) => {
    const apart = Math.abs(time - at);
    if (apart <= most && (best === undefined || apart < Math.abs((times[best] as number) - at))) best = index;
  });
  return best;
}
