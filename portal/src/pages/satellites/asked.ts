import { useQueries, useQuery } from "@tanstack/react-query";
import { answerOf, api, type Schemas } from "../../api/client";
import type { Answer } from "../../figures/trace";
import { DAY_MS, isoOf } from "../../map/moments";

const PASS_DAYS = 3;
const POINTS = 600;

export type HalfOrbit = Omit<Schemas["HalfOrbit"], "places"> & { places: readonly (readonly number[])[] };

/** Half-orbits of so many days from one on. */
export function useHalfOrbits(platform: string, day: number | undefined, days: number) {
  const query = { start: isoOf(day ?? 0), stop: isoOf((day ?? 0) + days * DAY_MS) };
  return useQuery({
    queryKey: ["half-orbits", platform, query],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v1/satellites/{platform}/half-orbits", { params: { path: { platform }, query }, signal })),
    enabled: platform !== "" && day !== undefined,
  });
}

/** Where the satellite is foretold to be over three days, from what was held before them, and its passes of a circle. */
export function usePrediction(platform: string, from: number | undefined, near: string | undefined, radius_km: number) {
  const window = { start: isoOf(from ?? 0), stop: isoOf((from ?? 0) + PASS_DAYS * DAY_MS), step_s: 300 };
  const query = near === undefined ? window : { ...window, near, radius_km };
  return useQuery({
    queryKey: ["prediction", platform, query],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v1/satellites/{platform}/prediction", { params: { path: { platform }, query }, signal })),
    enabled: platform !== "" && from !== undefined,
    placeholderData: (before) => before,
  });
}

/** The values of a half-orbit, of each collection that has some. */
export function useQuickLooks(platform: string, half: HalfOrbit) {
  const window = { start: half.start, stop: isoOf(Date.parse(half.last) + 1000) };
  const names = [...new Set(half.granules.map((one) => one.collection_id))].sort();
  return useQueries({
    queries: names.map((collection) => {
      const query = { collection, station: platform, ...window, points: POINTS };
      return {
        queryKey: ["quick-look", query],
        queryFn: async ({ signal }: { signal: AbortSignal }) => {
          const answer = await answerOf(api.GET("/api/v1/tracks", { params: { query }, signal }));
          return { collection, answer: answer as unknown as Answer };
        },
        staleTime: Infinity,
      };
    }),
  });
}
