import { useQueries, useQuery } from "@tanstack/react-query";
import { answerOf, api, type Schemas } from "../../api/client";
import { loadGround } from "../../map/ground";
import { DAY_MS, dayOf, HOUR_MS, isoOf } from "../../map/moments";

const MOST_QUAKES = 1000;
const QUAKE_DAYS = 30;
/** Days that the health of stations is of. */
export const HEALTH_DAYS = 7;
const [FIRST_YEAR, LAST_YEAR] = [1900, 2029];

/** Half-orbits that are shown as past, and how far ahead one is foretold. */
export const PAST_MS = 24 * HOUR_MS;
export const NEXT_MS = 3 * HOUR_MS;
const TRACK_STEP_MS = 6 * HOUR_MS;

/** Land, coasts and borders. */
export function useGround() {
  return useQuery({ queryKey: ["ground"], queryFn: ({ signal }) => loadGround(signal), staleTime: Infinity });
}

/** All collections. */
export function useCollections() {
  return useQuery({ queryKey: ["collections"], queryFn: ({ signal }) => answerOf(api.GET("/api/v1/collections", { signal })) });
}

/** Where and from when to when earthquakes are asked for: the thirty days until the hour that an instant is in. */
export function quakeWindow(at: number, magnitude: number) {
  const stop = (Math.floor(at / HOUR_MS) + 1) * HOUR_MS;
  return { start: isoOf(stop - QUAKE_DAYS * DAY_MS), stop: isoOf(stop), min_magnitude: magnitude, limit: MOST_QUAKES };
}

/** Earthquakes of the thirty days before. */
export function useQuakes(at: number | undefined, magnitude: number) {
  const query = quakeWindow(at ?? 0, magnitude);
  return useQuery({
    queryKey: ["events", query],
    queryFn: async ({ signal }) => (await answerOf(api.GET("/api/v1/events", { params: { query }, signal }))) as Schemas["Earthquakes"],
    enabled: at !== undefined,
    placeholderData: (before) => before,
  });
}

/** Health of all series over the week that ends with the day of an instant. */
export function useHealth(at: number | undefined) {
  const stop = dayOf(at ?? 0) + DAY_MS;
  const query = { start: isoOf(stop - HEALTH_DAYS * DAY_MS), stop: isoOf(stop) };
  return useQuery({
    queryKey: ["health", query],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v1/health", { params: { query }, signal })),
    enabled: at !== undefined,
    placeholderData: (before) => before,
  });
}

/** Health of all series over the last days of each, silent ones among them. */
export function useHealthEver() {
  return useQuery({ queryKey: ["health"], queryFn: ({ signal }) => answerOf(api.GET("/api/v1/health", { signal })) });
}

/** Stations of known place. */
export function useStations() {
  return useQuery({ queryKey: ["stations"], queryFn: ({ signal }) => answerOf(api.GET("/api/v1/stations", { signal })) });
}

/** Satellites with tracks. */
export function useSatellites() {
  return useQuery({ queryKey: ["satellites"], queryFn: ({ signal }) => answerOf(api.GET("/api/v1/satellites", { signal })) });
}

/** Of each satellite the half-orbits of the day before, and where it is foretold to be. */
export function useTracks(platforms: readonly string[], at: number | undefined) {
  const step = Math.floor((at ?? 0) / TRACK_STEP_MS) * TRACK_STEP_MS;
  const hour = Math.floor((at ?? 0) / HOUR_MS) * HOUR_MS;
  const held = { start: isoOf(step - PAST_MS), stop: isoOf(step + TRACK_STEP_MS) };
  const ahead = { start: isoOf(hour), stop: isoOf(hour + HOUR_MS + NEXT_MS), step_s: 60 };
  return useQueries({
    queries: platforms.map((platform) => ({
      queryKey: ["tracks", platform, held, ahead],
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const path = { platform };
        const [halves, prediction] = await Promise.all([
          answerOf(api.GET("/api/v1/satellites/{platform}/half-orbits", { params: { path, query: held }, signal })),
          answerOf(api.GET("/api/v1/satellites/{platform}/prediction", { params: { path, query: ahead }, signal })),
        ]);
        return { platform, halves, prediction };
      },
      enabled: at !== undefined,
    })),
  });
}

/** The maps of the day of an instant. */
export function useGrids(collection: string | undefined, variable: string | undefined, at: number | undefined, wanted: boolean) {
  const day = dayOf(at ?? 0);
  const query = { collection: collection ?? "", variable: variable ?? "", start: isoOf(day), stop: isoOf(day + DAY_MS) };
  return useQuery({
    queryKey: ["grids", query],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v1/maps/grids", { params: { query }, signal })),
    enabled: wanted && at !== undefined && collection !== undefined && variable !== undefined,
    staleTime: Infinity,
  });
}

/** The dip equator in the middle of the year of an instant, as far as the field's model reaches. */
export function useDipEquator(at: number | undefined) {
  const year = Math.min(LAST_YEAR, Math.max(FIRST_YEAR, new Date(at ?? 0).getUTCFullYear()));
  const query = { at: `${year}-07-01` };
  return useQuery({
    queryKey: ["dip-equator", year],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v1/dip-equator", { params: { query }, signal })),
    enabled: at !== undefined,
    staleTime: Infinity,
  });
}
