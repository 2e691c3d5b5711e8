import { useMemo } from "react";
import type { Schemas } from "../../api/client";
import { type Grid, limits } from "../../map/grid";
import { HOUR_MS, nearest } from "../../map/moments";
import { flownOf, foretoldOf } from "../../map/tracks";
import { type ColourMap, viridis } from "../../theme/maps";
import { HEALTH_DAYS, useDipEquator, useGrids, useGround, useHealth, useHealthEver, useQuakes, useSatellites, useStations, useTracks } from "./asked";
import type { Satellite } from "./layers";
import { type StationMark, stationMarks, withSilent } from "./stationMarks";
import type { Shown as Told } from "./TrackLegend";
import type { View } from "./view";

const FAR_MS = 3 * HOUR_MS;

/** A map of values as it is drawn and told. */
interface Field {
  name: string;
  symbol: string;
  units: string;
  low: number;
  high: number;
  colours: ColourMap;
  simulated: boolean;
  /** The time of the map nearest to the instant; undefined where there is none near. */
  at: number | undefined;
  grid: Grid | undefined;
}

/** All that the map shows at an instant. */
export interface Shown {
  /** True when what makes a first meaningful map is there: ground, stations and earthquakes. */
  ready: boolean;
  ground: ReturnType<typeof useGround>["data"];
  quakes: readonly Schemas["Earthquake"][];
  /** How many there are where not all are shown; else 0. */
  matched: number;
  marks: readonly StationMark[];
  satellites: readonly Told[];
  tracks: readonly Satellite[];
  equator: readonly (readonly [number, number])[];
  fields: readonly Schemas["Collection"][];
  collection: string | undefined;
  field: Field | undefined;
  /** True where the collection has no map of the day. */
  noMaps: boolean;
}

/** Asks for what the view shows. */
export function useShown(view: View, at: number | undefined, collections: readonly Schemas["Collection"][]): Shown {
  const on = (name: string) => view.layers.includes(name);
  const ground = useGround();
  const quakes = useQuakes(at, view.magnitude);
  const health = useHealth(at);
  const ever = useHealthEver();
  const stations = useStations();
  const satellites = useSatellites();
  const platforms = useMemo(() => (satellites.data ?? []).map((one) => one.platform), [satellites.data]);
  const tracks = useTracks(on("tracks") ? platforms : [], at);
  const equator = useDipEquator(at);
  const fields = useMemo(() => collections.filter((one) => one.shape === "field"), [collections]);
  const chosen = fields.find((one) => one.collection_id === view.field) ?? fields[0];
  const grids = useGrids(chosen?.collection_id, chosen?.variables[0], at, on("field"));
  const marks = useMemo(() => {
    const rows = withSilent(health.data ?? [], health.data === undefined ? [] : (ever.data ?? []), HEALTH_DAYS);
    return stationMarks(rows, stations.data ?? [], collections);
  }, [health.data, ever.data, stations.data, collections]);
  const before = useMemo(
    () => (quakes.data?.earthquakes ?? []).filter((one) => at === undefined || Date.parse(one.time) <= at),
    [quakes.data, at],
  );
  const flown = tracks.map((one) => one.data).filter((one) => one !== undefined);
  const source = (platform: string) => satellites.data?.find((one) => one.platform === platform)?.collections[0] ?? platform;
  const key = flown.map((one) => `${one.platform} ${one.halves.length} ${one.prediction.places[0]?.time ?? ""}`).join();
  return {
    ready: ground.isSuccess && quakes.isSuccess && health.isSuccess && stations.isSuccess,
    ground: ground.data, quakes: before, matched: more(quakes.data), marks,
    satellites: flown.map(({ platform, halves, prediction }) => ({ platform, source: source(platform), halves: halves.length, prediction })),
    tracks: useMemo(
      () => flown.map((one) => ({ platform: one.platform, source: source(one.platform), held: one.halves.map(flownOf), foretold: foretoldOf(one.prediction.places) })),
      [key],
    ),
    equator: useMemo(() => (equator.data?.line ?? []) as [number, number][], [equator.data]),
    fields, collection: chosen?.collection_id, field: useField(grids.data, at), noMaps: grids.isError,
  };
}

/** How many earthquakes answer where not all of them came; else 0. */
function more(found: Schemas["Earthquakes"] | undefined): number {
  return found === undefined || found.matched === found.earthquakes.length ? 0 : found.matched;
}

function useField(grids: Schemas["Grids"] | undefined, at: number | undefined): Field | undefined {
  const told = useMemo(() => {
    if (grids === undefined) return undefined;
    const [low, high] = limits(grids.values);
    return { times: grids.times.map((one) => Date.parse(one)), low, high };
  }, [grids]);
  const index = told === undefined || at === undefined ? undefined : nearest(told.times, at, FAR_MS);
  return useMemo(() => {
    if (grids === undefined || told === undefined) return undefined;
    const values = index === undefined ? undefined : grids.values[index];
    return {
      name: grids.collection_id, symbol: grids.variable.toUpperCase(), units: grids.units, low: told.low, high: told.high, colours: viridis,
      simulated: grids.simulated, at: index === undefined ? undefined : told.times[index],
      grid: values === undefined ? undefined : { latitudes: grids.latitudes, longitudes: grids.longitudes, values },
    };
  }, [grids, told, index]);
}
