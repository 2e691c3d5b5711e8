import { unitText } from "../../figures/panel";
import { valueOf } from "../../map/grid";
import { holds, regionOf } from "../../map/region";
import { east180 } from "../../map/sphere";
import type { Picked } from "./Details";
import type { Shown } from "./useShown";

/** What the address says was picked, as far as it is shown. */
export function pickedOf(name: string, at: number | undefined, { quakes, marks, field }: Shown): Picked | undefined {
  const region = regionOf(name);
  if (region !== undefined) {
    const stations = marks.filter((one) => holds(region, one.place)).length;
    return { kind: "region", region, at, stations, quakes: quakes.filter((one) => holds(region, [one.longitude, one.latitude])).length };
  }
  const [kind, ...rest] = name.split("/");
  const which = rest.join("/");
  if (kind === "event") {
    const quake = quakes.find((one) => one.event_id === which);
    return quake && { kind, quake };
  }
  if (kind === "station") {
    const mark = marks.find((one) => `${one.scheme}/${one.code}` === which);
    return mark && { kind, mark };
  }
  if (kind === "satellite" && at !== undefined) return { kind, platform: which, at };
  const [latitude, longitude] = [Number(rest[0]), Number(rest[1])];
  if (kind !== "place" || !(Math.abs(latitude) <= 90) || !Number.isFinite(longitude)) return undefined;
  const value = field?.grid && valueOf(field.grid, east180(longitude), latitude);
  const told = value === undefined || field === undefined ? "" : `${field.symbol} ${value.toFixed(1)} ${unitText(field.units)}`;
  return { kind, latitude, longitude: east180(longitude), value: told, at };
}
