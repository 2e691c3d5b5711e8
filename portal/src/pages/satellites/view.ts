import { choice, instant, number, text } from "../../address";

export const ALONG = ["time", "latitude"] as const;
export const SPANS = ["1", "7", "31"] as const;

/** The whole view of the page, as the URL has it. */
export const VIEW = {
  platform: text(),
  /** First day shown; without it the last that is held. */
  day: instant(),
  days: choice(SPANS, "1"),
  /** The half-orbit whose values are shown. */
  half: text(),
  /** What its values are plotted over. */
  along: choice(ALONG, "time"),
  /** Centre of the circle whose passes are foretold: latitude,longitude. */
  near: text("23.8,90.4"),
  radius_km: number(1000, 1, 20000),
};

export interface View {
  platform: string;
  day: string;
  days: (typeof SPANS)[number];
  half: string;
  along: (typeof ALONG)[number];
  near: string;
  radius_km: number;
}

export type ChangeView = (part: Partial<View>, options?: { replace?: boolean }) => void;

/** Centre of a circle from its text; undefined where that is no place. */
export function centreOf(near: string): { latitude: number; longitude: number } | undefined {
  const [latitude = Number.NaN, longitude = Number.NaN, ...more] = near.split(",").map((one) => (one.trim() === "" ? Number.NaN : Number(one)));
  return more.length === 0 && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : undefined;
}
