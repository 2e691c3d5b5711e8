import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { answerOf, api, type Schemas } from "../../api/client";
import { type Buckets, bucketsOf, type Table } from "./decimated";
import type { SeriesRow } from "./rows";
import { type View, whereAndWhen } from "./view";

export type Surroundings = Schemas["AroundIt"];
export type Activity = Schemas["GeomagneticActivity"];

const POINTS = 700;

/** What is around, counted before any of it is loaded. */
export function useAround(view: View, enabled = true) {
  const query = whereAndWhen(view);
  return useQuery({
    queryKey: ["around", query],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v1/around", { params: { query }, signal })),
    placeholderData: keepPreviousData,
    enabled,
  });
}

/** The series of the rows, decimated to the drawing's width. */
export function useSeries(rows: readonly SeriesRow[], start: string, stop: string) {
  return useQueries({
    queries: rows.map((row) => ({
      queryKey: ["series", row.collection_id, row.variable, start, stop, POINTS],
      queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Buckets> => {
        const query = { collection: row.collection_id, variable: [row.variable], start, stop, points: POINTS };
        const table = await answerOf(api.GET("/api/v1/series", { params: { query }, signal }));
        return bucketsOf(table as unknown as Table, row.variable);
      },
      placeholderData: keepPreviousData,
    })),
  });
}

/** Kp, and the days that studies leave out, by local time at a longitude. */
export function useActivity(start: string, stop: string, longitude: number) {
  return useQuery({
    queryKey: ["activity", start, stop, longitude],
    queryFn: ({ signal }) =>
      answerOf(api.GET("/api/v1/activity", { params: { query: { start, stop, longitude } }, signal })),
    placeholderData: keepPreviousData,
  });
}

/** Satellites' passes and maps at the place. */
export function useOverhead(view: View, enabled: boolean) {
  const query = whereAndWhen(view);
  return useQuery({
    queryKey: ["overhead", query],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v1/around/overhead", { params: { query }, signal })),
    placeholderData: keepPreviousData,
    enabled,
  });
}

/** The windows that a case study of the earthquake takes. */
export function useCaseWindows(event: string, enabled: boolean) {
  return useQuery({
    queryKey: ["control-windows", event],
    queryFn: ({ signal }) =>
      answerOf(api.GET("/api/v1/events/{event_id}/control-windows", { params: { path: { event_id: event } }, signal })),
    enabled: enabled && event !== "",
  });
}

/** All methods, as they declare themselves. */
export function useMethods() {
  return useQuery({
    queryKey: ["methods"],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v1/methods", { signal })),
    staleTime: Infinity,
  });
}

/** What each detector marks of each row; keyed `collection method`. */
export function useMarks(rows: readonly SeriesRow[], detectors: readonly string[], view: View, span: Surroundings) {
  const asked = rows.flatMap((row) => detectors.map((method) => ({ row, method })));
  return useQueries({
    queries: asked.map(({ row, method }) => ({
      queryKey: ["anomalies", row.collection_id, row.variable, method, view.step, span.start, span.stop],
      queryFn: ({ signal }: { signal: AbortSignal }) => {
        const query = {
          collection: row.collection_id, variable: row.variable, method, step_s: Number(view.step),
          start: span.start, stop: span.stop,
        };
        return answerOf(api.GET("/api/v1/anomalies", { params: { query }, signal }));
      },
    })),
    combine: (found) =>
      new Map(found.map((query, at) => [`${asked[at]?.row.collection_id} ${asked[at]?.method}`, query])),
  });
}

/** The marks of one row by one detector, as they stand. */
export type MarksByRow = ReturnType<typeof useMarks>;
