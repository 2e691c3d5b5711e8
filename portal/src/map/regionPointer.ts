import PointerInteraction from "ol/interaction/Pointer";
import type MapBrowserEvent from "ol/MapBrowserEvent";
import { drawn, type Kind, placedAt, type Region } from "./region";
import type { Place } from "./sphere";

const LEAST_PX = 6;

interface Told {
  kind: Kind;
  /** What is drawn so far, whose size a click takes. */
  before: () => Region | undefined;
  /** As it is being drawn; undefined where drawing was given up. */
  live: (region: Region | undefined) => void;
  done: (region: Region) => void;
}

/**
 * Draws by mouse, pen or a finger: a circle from its centre to its edge, a box from corner to corner; a click puts one of
 * the same size. A second finger gives up drawing, and moves and zooms the map as ever.
 */
export function regionPointer({ kind, before, live, done }: Told): PointerInteraction {
  let from: { place: Place; pixel: readonly number[] } | undefined;
  let now: Region | undefined;
  const giveUp = () => {
    from = now = undefined;
    live(undefined);
  };
  return new PointerInteraction({
    handleDownEvent: (event) => {
      const { originalEvent } = event as MapBrowserEvent<PointerEvent>;
      if (originalEvent.button !== 0 || (event.activePointers?.length ?? 1) > 1) return false;
      from = { place: placeOf(event), pixel: event.pixel };
      now = undefined;
      return true;
    },
    handleDragEvent: (event) => {
      if (from === undefined) return;
      if ((event.activePointers?.length ?? 1) > 1) {
        giveUp();
        return;
      }
      now = apart(from.pixel, event.pixel) < LEAST_PX ? undefined : drawn(kind, from.place, placeOf(event));
      live(now);
    },
    handleUpEvent: () => {
      if (from !== undefined) done(now ?? placedAt(kind, from.place, before()));
      from = now = undefined;
      return false;
    },
  });
}

function placeOf(event: { coordinate: readonly number[] }): Place {
  const [x = 0, y = 0] = event.coordinate;
  return [x, y];
}

function apart(one: readonly number[], other: readonly number[]): number {
  return Math.hypot((one[0] ?? 0) - (other[0] ?? 0), (one[1] ?? 0) - (other[1] ?? 0));
}
