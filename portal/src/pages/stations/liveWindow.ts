/** Which 24 hours are a station's last, and how often to ask for them again. */

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** The 24 hours until now where the last value is in them, else those that end with the last value. */
export function liveWindow(last: string, nowMs: number): { start: string; stop: string } {
  const now = Math.ceil(nowMs / MINUTE_MS) * MINUTE_MS;
  const stop = isLive(last, nowMs) ? now : Math.floor(Date.parse(last) / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  return { start: told(stop - DAY_MS), stop: told(stop) };
}

/** How long to wait before asking again [ms]: a step of the series, at least a minute; undefined of a silent one. */
export function pauseBetween(last: string, cadenceS: number | undefined, nowMs: number): number | undefined {
  return isLive(last, nowMs) ? Math.max(MINUTE_MS, 1000 * (cadenceS ?? 0)) : undefined;
}

function isLive(last: string, nowMs: number): boolean {
  return Date.parse(last) > nowMs - DAY_MS;
}

function told(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
