/** Series as answers of `/api/v1/series` give them, all values or decimated ones, as what a plot draws. */

export interface Answer {
  collection_id: string;
  version: string;
  columns: { name: string; units?: string; long_name?: string; symbol?: string }[];
  rows: (string | number | null)[][];
  provider?: string;
  licence?: string;
  citation?: string;
}

/** A line: times [s since 1970] and values, null where a gap interrupts it; values with a flag against them apart. */
export interface Line {
  x: number[];
  y: (number | null)[];
  doubtfulX: number[];
  doubtfulY: number[];
  /** How many values there are, and how many of them have a flag against them. */
  count: number;
  doubtful: number;
  /** Seconds from one value to the next; of decimated ones the length of a bucket. */
  step: number;
  decimated: boolean;
  /** Where each value was observed, of undecimated ones along a track: latitude, longitude [degree]. */
  places?: (readonly [latitude: number, longitude: number] | null)[];
}

/** Flags against a value: out of range 2, spike 4, jump 8, clock 16, contaminated 32. An interpolated one (64) is sound. */
export const AGAINST = 2 | 4 | 8 | 16 | 32;

const GAP_STEPS = 1.5;

/** The line of one variable of an answer. */
export function lineOf(answer: Answer, variable: string): Line {
  const place = (name: string) => answer.columns.findIndex((one) => one.name === name);
  return place(`${variable}_min`) >= 0 ? decimatedLine(answer, variable, place) : wholeLine(answer, variable, place);
}

/** Units of a variable as the answer tells them. */
export function unitsOf(answer: Answer, variable: string): string {
  const found = answer.columns.find((one) => one.name === variable || one.name === `${variable}_min`);
  return found?.units ?? "1";
}

function seconds(text: unknown): number {
  return Date.parse(String(text)) / 1000;
}

function numberIn(row: readonly unknown[], at: number): number | null {
  const value = at < 0 ? null : row[at];
  return typeof value === "number" ? value : null;
}

/** Least and greatest of each bucket in the order in which they were; an empty bucket is a gap. */
function decimatedLine(answer: Answer, variable: string, place: (name: string) => number): Line {
  const at = (part: string) => place(`${variable}_${part}`);
  const [least, greatest, leastTime, greatestTime] = [at("min"), at("max"), at("min_time"), at("max_time")];
  const [badLeast, badGreatest, counts, badCounts] = [at("doubtful_min"), at("doubtful_max"), at("count"), at("doubtful_count")];
  const when = place("time");
  const starts = answer.rows.map((row) => seconds(row[when]));
  const step = starts.length > 1 ? ((starts.at(-1) as number) - (starts[0] as number)) / (starts.length - 1) : 0;
  const line: Line = { x: [], y: [], doubtfulX: [], doubtfulY: [], count: 0, doubtful: 0, step, decimated: true };
  answer.rows.forEach((row, index) => {
    const middle = (starts[index] as number) + step / 2;
    const [low, high] = [numberIn(row, least), numberIn(row, greatest)];
    if (low === null || high === null) add(line, middle, null);
    else {
      const [early, late] = [seconds(row[leastTime]), seconds(row[greatestTime])];
      if (early <= late) add(line, early, low);
      if (late !== early) add(line, late, high);
      if (early > late) add(line, early, low);
    }
    for (const bad of new Set([numberIn(row, badLeast), numberIn(row, badGreatest)]))
      if (bad !== null) {
        line.doubtfulX.push(middle);
        line.doubtfulY.push(bad);
      }
    line.doubtful += numberIn(row, badCounts) ?? 0;
    line.count += (numberIn(row, counts) ?? 0) + (numberIn(row, badCounts) ?? 0);
  });
  return line;
}

/** All values; missing ones, ones with a flag against them, and steps longer than usual interrupt the line. */
function wholeLine(answer: Answer, variable: string, place: (name: string) => number): Line {
  const [when, of, flags] = [place("time"), place(variable), place(`${variable}_quality`)];
  const times = answer.rows.map((row) => seconds(row[when]));
  const step = usualStep(times);
  const line: Line = { x: [], y: [], doubtfulX: [], doubtfulY: [], count: 0, doubtful: 0, step, decimated: false };
  const where = placesOf(place);
  if (where !== undefined) line.places = [];
  answer.rows.forEach((row, index) => {
    const time = times[index] as number;
    const before = times[index - 1];
    if (before !== undefined && time - before > GAP_STEPS * step) {
      add(line, before + step, null);
      line.places?.push(null);
    }
    if (where !== undefined) line.places?.push(where(row));
    const value = numberIn(row, of);
    const against = ((numberIn(row, flags) ?? 0) & AGAINST) !== 0;
    add(line, time, against ? null : value);
    if (value === null) return;
    line.count += 1;
    if (!against) return;
    line.doubtful += 1;
    line.doubtfulX.push(time);
    line.doubtfulY.push(value);
  });
  return line;
}

/** How a row tells where its value was observed; undefined of what was observed at one place. */
function placesOf(place: (name: string) => number) {
  const [latitude, longitude] = [place("latitude"), place("longitude")];
  if (latitude < 0 || longitude < 0) return undefined;
  return (row: Answer["rows"][number]) => {
    const [y, x] = [numberIn(row, latitude), numberIn(row, longitude)];
    return x === null || y === null ? null : ([y, x] as const);
  };
}

function add(line: Line, x: number, y: number | null): void {
  line.x.push(x);
  line.y.push(y);
}

/** The median step of rising times; 0 for fewer than two. */
export function usualStep(times: readonly number[]): number {
  const steps = times.slice(1).map((time, index) => time - (times[index] as number));
  steps.sort((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? 0;
}

/** How to ask: all values where they are few, else so many buckets, each of two steps at least, that no gap is invented. */
export function pointsFor(spanS: number, cadenceS: number | undefined, widthPx: number): number | undefined {
  const buckets = Math.max(50, Math.min(2000, Math.round(widthPx)));
  if (cadenceS === undefined || cadenceS <= 0) return buckets;
  const values = spanS / cadenceS;
  return values <= 2 * buckets ? undefined : Math.min(buckets, Math.floor(values / 2));
}
