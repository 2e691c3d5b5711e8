import type { Schemas } from "../../api/client";
import type { Activity } from "./asked";
import { type Span, spanOf } from "./scale";
import type { View } from "./view";

/** What is shaded behind the rows. */
export interface Shading {
  storms: Span[];
  tested: Span | undefined;
  postEvent: Span | undefined;
  /** Days without an earthquake, by station. */
  without: ReadonlyMap<string, Span[]>;
}

/** The shading of a view, as far as it is known. */
export function shadingOf(
  view: Pick<View, "storms" | "controls">,
  activity: Pick<Activity, "days"> | undefined,
  windows: Schemas["CaseWindows"] | undefined,
): Shading {
  const shown = view.controls ? windows : undefined;
  return {
    storms: view.storms && activity !== undefined ? stormsOf(activity) : [],
    tested: shown && spanOf(shown.tested.start, shown.tested.stop),
    postEvent: shown && spanOf(shown.post_event.start, shown.post_event.stop),
    without: new Map(
      (shown?.places ?? []).map((one) => [one.name, one.without_earthquake.map((w) => spanOf(w.start, w.stop))]),
    ),
  };
}

/** Vetoed days, those that follow each other as one span. */
export function stormsOf(activity: Pick<Activity, "days">): Span[] {
  const found: Span[] = [];
  for (const day of activity.days) {
    if (!day.vetoed) continue;
    const span = spanOf(day.start, day.stop);
    const last = found.at(-1);
    if (last !== undefined && last.stop === span.start) last.stop = span.stop;
    else found.push(span);
  }
  return found;
}
