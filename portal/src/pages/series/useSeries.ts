import { useQueries, useQuery } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { type Answer, pointsFor } from "../../figures/trace";
import { told, variableKey } from "../../words/told";
import { cadenceSeconds, type Choice, choicesOf } from "./chosen";
import type { Meaning } from "./variablePanels";

const BUCKETS = 1000;
/** Tracks, whose samples come as they come, are asked for whole in windows up to this [s]. */
const WHOLE_TRACK_S = 3 * 3600;
const CLOSED_MS = 300_000;

/** All series that can be chosen. */
export function useChoices() {
  return useQuery({
    queryKey: ["collections"],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v1/collections", { signal })),
    select: choicesOf,
  });
}

/** What the identifiers of variables mean, in the language of who reads. */
export function useMeanings(): ReadonlyMap<string, Meaning> {
  const { i18n } = useTranslation();
  const { data } = useQuery({
    queryKey: ["variables"],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v1/variables", { signal })),
    staleTime: Infinity,
  });
  return useMemo(
    () => new Map((data ?? []).map((one) => [one.name, { ...one, meaning: told(variableKey(one.name), one.meaning).text }])),
    [data, i18n.language],
  );
}

/** What is asked of a series in a window: all values where they are few, else as many buckets as a plot shows. */
export function questionOf(choice: Choice, start: string, stop: string) {
  const span = (Date.parse(stop) - Date.parse(start)) / 1000;
  const step = cadenceSeconds(choice.cadence) ?? 0;
  const from = span < step ? new Date((Math.floor(Date.parse(start) / 1000 / step) - 1) * step * 1000).toISOString() : start;
  const whole = choice.shape === "track" && span <= WHOLE_TRACK_S;
  const points = whole ? undefined : pointsFor(span, step || undefined, BUCKETS);
  return {
    collection: choice.collection,
    variable: [choice.variable],
    start: from, // a value stands for the step that it begins, as Kp for three hours
    stop,
    ...whose(choice),
    ...(points === undefined ? {} : { points }),
  };
}

/** Which platform's and whose values of the collection are meant. */
export function whose({ station, provider }: Choice): { station?: string; provider?: string } {
  return { ...(station === undefined ? {} : { station }), ...(provider === undefined ? {} : { provider }) };
}

/** One chosen series: the answer to the window that is asked for, or until then that to the one before. */
export interface Shown {
  choice: Choice;
  answer: Answer | undefined;
  /** True where the answer is that of the window. */
  current: boolean;
  error: Error | null;
}

/** The chosen series in a window; what was there stays until the new window's values come. */
export function useSeries(choices: readonly Choice[], start: string, stop: string): Shown[] {
  const before = useRef(new Map<string, Answer>());
  const queries = useQueries({
    queries: choices.map((choice) => ({
      queryKey: ["series", choice.id, start, stop],
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const query = questionOf(choice, start, stop);
        const path = choice.shape === "track" ? "/api/v1/tracks" : "/api/v1/series";
        return (await answerOf(api.GET(path, { params: { query }, signal }))) as unknown as Answer;
      },
      staleTime: CLOSED_MS,
      enabled: start !== "",
    })),
  });
  return choices.map((choice, at) => {
    const query = queries[at];
    if (query?.data !== undefined) before.current.set(choice.id, query.data);
    const failed = query?.error ?? null;
    return {
      choice,
      answer: query?.data ?? (failed === null ? before.current.get(choice.id) : undefined),
      current: query?.data !== undefined,
      error: failed,
    };
  });
}
