/** Ticks of an axis of time, UTC: where they stand, and what is written there. */

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

const STEPS = [
  0.001, 0.01, 0.1, 1, 2, 5, 10, 15, 30, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
  HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 5 * DAY, 10 * DAY,
] as const;
const MONTHS = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600] as const;

/** Instants [s since 1970] from `from` to `to` at which a tick stands, at most `most`. */
export function timeTicks(from: number, to: number, most: number): number[] {
  const step = STEPS.find((one) => (to - from) / one <= most);
  if (step !== undefined && step < 2 * DAY) return even(from, to, step);
  if (step !== undefined) return daysOfMonths(from, to, step / DAY);
  const months = MONTHS.find((one) => (to - from) / (one * 30.44 * DAY) <= most) ?? 1200;
  return monthTicks(from, to, months);
}

function even(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step);
  const count = Math.floor(to / step) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => (first + index) * step);
}

/** Every so many days of each month, counted from its first, none just before the next month's. */
function daysOfMonths(from: number, to: number, days: number): number[] {
  return monthTicks(from - 32 * DAY, to, 1).flatMap((begin) => {
    const length = (nextMonth(begin) - begin) / DAY;
    const offsets = Array.from({ length: Math.ceil(length / days) }, (_, index) => index * days);
    return offsets.filter((one) => one === 0 || one <= length - days * 0.6).map((one) => begin + one * DAY);
  }).filter((tick) => tick >= from && tick <= to);
}

function nextMonth(begin: number): number {
  const date = new Date(begin * 1000);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / 1000;
}

function monthTicks(from: number, to: number, months: number): number[] {
  const date = new Date(from * 1000);
  const number = date.getUTCFullYear() * 12 + date.getUTCMonth();
  const found: number[] = [];
  for (let month = Math.floor(number / months) * months; ; month += months) {
    const tick = utcMonth(month);
    if (tick > to) return found;
    if (tick >= from) found.push(tick);
  }
}

/** The begin of a month, counted from year 0 on. */
function utcMonth(month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(Math.floor(month / 12), month % 12, 1);
  return date.getTime() / 1000;
}

/** What stands at ticks: the time of day, its date where a new one begins; for longer steps dates, months, years. */
export function timeLabels(ticks: readonly number[]): string[] {
  const step = ticks.length > 1 ? (ticks[1] as number) - (ticks[0] as number) : HOUR;
  return ticks.map((tick, index) => {
    const iso = new Date(tick * 1000).toISOString();
    const before = index === 0 ? "" : new Date((ticks[index - 1] as number) * 1000).toISOString();
    if (step >= 300 * DAY) return iso.slice(0, 4);
    if (step >= 27 * DAY) return iso.slice(0, 7);
    if (step >= DAY) return before.slice(0, 4) === iso.slice(0, 4) ? iso.slice(5, 10) : iso.slice(0, 10);
    const clock = step >= MINUTE ? iso.slice(11, 16) : step >= 1 ? iso.slice(11, 19) : iso.slice(11, 23);
    return before.slice(0, 10) === iso.slice(0, 10) ? clock : `${clock}\n${iso.slice(0, 10)}`;
  });
}
