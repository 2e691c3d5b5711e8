/** From times and values to places in a drawing. */

const DAY_MS = 86_400_000;

/** A span on the axis of time [ms since 1970]. */
export interface Span {
  start: number;
  stop: number;
}

/** The span between two ISO instants. */
export function spanOf(start: string, stop: string): Span {
  return { start: Date.parse(start), stop: Date.parse(stop) };
}

/** Place of an instant [px] in a drawing so wide. */
export function across(time: number, span: Span, width: number): number {
  return ((time - span.start) / (span.stop - span.start)) * width;
}

/** Instant at a place [px]. */
export function instantAt(x: number, span: Span, width: number): number {
  return span.start + (x / width) * (span.stop - span.start);
}

/** Midnights (UTC) to label, some 80 px apart, at days, weeks, months or years. */
export function ticks(span: Span, width: number): { time: number; label: string }[] {
  const days = (span.stop - span.start) / DAY_MS;
  const wanted = Math.max(2, Math.floor(width / 80));
  const steps = [1, 2, 5, 7, 10, 15, 30, 60, 90, 180, 365, 730, 1825, 3650, 7300, 18250];
  const step = days < 2 ? 0.25 : (steps.find((one) => days / one <= wanted) ?? 36500);
  const first = Math.ceil(span.start / (step * DAY_MS)) * step * DAY_MS;
  const found: { time: number; label: string }[] = [];
  for (let time = first; time < span.stop; time += step * DAY_MS) {
    const iso = new Date(time).toISOString();
    found.push({ time, label: step < 1 ? iso.slice(5, 16).replace("T", " ") : step >= 180 ? iso.slice(0, 7) : iso.slice(0, 10) });
  }
  return found;
}

/** Day of an instant relative to an earthquake: 0 holds it. */
export function relativeDay(time: number, quake: number): number {
  return Math.floor((time - quake) / DAY_MS);
}

/** Least and greatest of all that is known, widened by 4 %; undefined where nothing is. */
export function extent(...columns: readonly (readonly (number | null)[])[]): [number, number] | undefined {
  let least = Infinity;
  let greatest = -Infinity;
  for (const column of columns)
    for (const value of column) {
      if (value === null) continue;
      if (value < least) least = value;
      if (value > greatest) greatest = value;
    }
  if (least > greatest) return undefined;
  const room = least === greatest ? Math.abs(least) * 0.01 || 1 : (greatest - least) * 0.04;
  return [least - room, greatest + room];
}

/** Height of a value [px from the top]. */
export function height(value: number, range: readonly [number, number], tall: number): number {
  return tall - ((value - range[0]) / (range[1] - range[0])) * tall;
}

/** A column of the drawing: from where to where [px] it is filled. */
export interface Stroke {
  x: number;
  top: number;
  bottom: number;
}

/** Least to greatest of each bucket as a path of upright strokes joined where buckets follow each other; a gap is a gap. */
export function bandPath(strokes: readonly (Stroke | undefined)[]): string {
  const parts: string[] = [];
  let joined = false;
  for (const stroke of strokes) {
    if (stroke === undefined) {
      joined = false;
      continue;
    }
    const x = stroke.x.toFixed(1);
    const bottom = Math.max(stroke.bottom, stroke.top + 0.6).toFixed(1);
    parts.push(`${joined ? "L" : "M"}${x} ${stroke.top.toFixed(1)}L${x} ${bottom}`);
    joined = true;
  }
  return parts.join("");
}

/** A line through values; null breaks it. `y` gives the height of one. */
export function linePath(xs: readonly number[], values: readonly (number | null)[], y: (value: number) => number): string {
  const parts: string[] = [];
  let joined = false;
  values.forEach((value, at) => {
    const x = xs[at];
    if (value === null || x === undefined) {
      joined = false;
      return;
    }
    parts.push(`${joined ? "L" : "M"}${x.toFixed(1)} ${y(value).toFixed(1)}`);
    joined = true;
  });
  return parts.join("");
}
