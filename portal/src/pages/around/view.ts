import { choice, flag, instant, list, number, text } from "../../address";
import { asked, type Region, regionOf } from "../../map/region";

/** The whole view of the page, as the URL has it. */
export const VIEW = {
  event: text(),
  /** Centre of a place: latitude,longitude. */
  near: text(),
  radius_km: number(undefined, 0.001, 20040),
  /** Or the sides of a box: west,south,east,north. */
  box: text(),
  /** The place is being chosen, though one is named. */
  edit: flag(),
  start: instant(),
  stop: instant(),
  variable: text(),
  storms: flag(true),
  controls: flag(false),
  /** Names of the detectors that are on. */
  detectors: list(),
  /** Length of the intervals that detectors judge [s]. */
  step: choice(["3600", "900", "10800"], "3600"),
  /** Collections that are not drawn. */
  hidden: list(),
};

export interface View {
  event: string;
  near: string;
  radius_km: number | undefined;
  box: string;
  edit: boolean;
  start: string;
  stop: string;
  variable: string;
  storms: boolean;
  controls: boolean;
  detectors: readonly string[];
  step: "3600" | "900" | "10800";
  hidden: readonly string[];
}

export type ChangeView = (part: Partial<View>, options?: { replace?: boolean }) => void;

/** The part of the view that says where and when, as `/api/v1/around` takes it. */
export function whereAndWhen(view: View) {
  return {
    ...(view.event === "" ? {} : { event: view.event }),
    ...(view.near === "" ? {} : { near: view.near }),
    ...(view.radius_km === undefined ? {} : { radius_km: view.radius_km }),
    ...(view.box === "" ? {} : { box: view.box }),
    ...(view.start === "" ? {} : { start: view.start }),
    ...(view.stop === "" ? {} : { stop: view.stop }),
  };
}

/** True where the view names an earthquake, or a whole place. */
export function namesPlace(view: View): boolean {
  if (view.event !== "") return true;
  const named = view.box !== "" || (view.near !== "" && view.radius_km !== undefined);
  return named && !view.edit && view.start !== "" && view.stop !== "";
}

/** The circle or box of the view, if it names one. */
export function regionIn(view: Pick<View, "near" | "radius_km" | "box">): Region | undefined {
  const [kind, numbers] = view.box === "" ? ["circle", `${view.near},${view.radius_km ?? ""}`] : ["box", view.box];
  return regionOf([kind, ...numbers.split(",")].join("/"));
}

/** The part of the view that names a region, or none. */
export function regionPart(region: Region | undefined): Pick<View, "near" | "radius_km" | "box"> {
  const told = { near: "", radius_km: "", box: "", ...(region && asked(region)) };
  return { ...told, radius_km: told.radius_km === "" ? undefined : Number(told.radius_km) };
}

/** Where the place of the view can be changed. */
export function editAddress(view: View): string {
  return `/around?${queryOf(view, "edit", "1")}`;
}

/** Where all values of the view are had as files. */
export function downloadAddress(view: View, format: "csv" | "netcdf" | "parquet"): string {
  return `/api/v1/around/values?${queryOf(view, "format", format)}`;
}

/** Where and when as a query, and one parameter more. */
function queryOf(view: View, name: string, value: string): string {
  const told = Object.entries(whereAndWhen(view)).map(([key, one]): [string, string] => [key, String(one)]);
  return new URLSearchParams([...told, [name, value]]).toString();
}
