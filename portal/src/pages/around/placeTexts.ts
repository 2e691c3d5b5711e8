/** A circle or a box as the fields of a form, and back. */

import { boxOf, circleOf, type Kind, type Region, USUAL_KM } from "../../map/region";

export type Name = "latitude" | "longitude" | "radius" | "west" | "south" | "east" | "north";
export type Texts = Record<Name, string>;

const LATITUDE = { least: -90, most: 90 };
const LONGITUDE = { least: -180, most: 180 };

/** The fields of each kind, with their limits. */
export const SIDES: Record<Kind, readonly { name: Name; least: number; most: number }[]> = {
  circle: [{ name: "latitude", ...LATITUDE }, { name: "longitude", ...LONGITUDE }, { name: "radius", least: 0.1, most: 20_040 }],
  box: [{ name: "west", ...LONGITUDE }, { name: "south", ...LATITUDE }, { name: "east", ...LONGITUDE }, { name: "north", ...LATITUDE }],
};

/** Fields before anything is said: the usual radius alone. */
export const NOTHING: Texts = { latitude: "", longitude: "", radius: String(USUAL_KM), west: "", south: "", east: "", north: "" };

/** What stands in the fields of a region's kind. */
export function textsOf(region: Region | undefined): Partial<Texts> {
  if (region === undefined) return {};
  if (region.kind === "circle") {
    const [longitude, latitude] = region.centre;
    return { latitude: String(latitude), longitude: String(longitude), radius: String(region.km) };
  }
  const { west, south, east, north } = region;
  return { west: String(west), south: String(south), east: String(east), north: String(north) };
}

/** The region that the fields of a kind mean; undefined where one is missing or wrong. */
export function meant(said: Texts, kind: Kind): Region | undefined {
  const [a, b, c, d] = SIDES[kind].map(({ name }) => (said[name].trim() === "" ? Number.NaN : Number(said[name])));
  return kind === "circle" ? circleOf(a, b, c) : boxOf(a, b, c, d);
}
