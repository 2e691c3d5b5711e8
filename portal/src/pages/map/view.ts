import { instant, list, number, text } from "../../address";

/** What the map can show, in the order of the panel. */
export const LAYERS = ["earthquakes", "zones", "stations", "tracks", "field", "night", "equator", "borders"] as const;
export type LayerName = (typeof LAYERS)[number];

const USUAL: readonly LayerName[] = ["earthquakes", "stations", "tracks", "field", "night", "equator"];

export const MAGNITUDES = [3, 4, 5, 6, 7] as const;

/** The whole view of the page, as the URL has it. */
export const VIEW = {
  /** The instant shown; without it the latest that is held. */
  at: instant(),
  lon: number(95, -540, 540),
  lat: number(24, -85, 85),
  zoom: number(3, 1, 9),
  layers: list(USUAL),
  /** Earthquakes of this magnitude and above. */
  magnitude: number(5, -2, 10),
  /** The collection of maps. */
  field: text(),
  /** What was picked: `event/…`, `station/scheme/code`, `satellite/…`, `place/…`; or drawn: `circle/…`, `box/…`. */
  picked: text(),
};

export interface View {
  at: string;
  lon: number;
  lat: number;
  zoom: number;
  layers: readonly string[];
  magnitude: number;
  field: string;
  picked: string;
}

export type ChangeView = (part: Partial<View>, options?: { replace?: boolean }) => void;
