import { useQuery } from "@tanstack/react-query";
import { answerOf, api } from "../../api/client";
import type { Choice } from "./chosen";
import { whose } from "./useSeries";

/** The spectrogram of a chosen series in a window; of none, and of tracks, nothing is asked. */
export function useSpectrogram(choice: Choice | undefined, start: string, stop: string) {
  return useQuery({
    queryKey: ["spectrogram", choice?.id, start, stop],
    queryFn: ({ signal }) => {
      const { collection, variable } = choice as Choice;
      const query = { collection, variable, start, stop, ...whose(choice as Choice) };
      return answerOf(api.GET("/api/v1/spectrogram", { params: { query }, signal }));
    },
    staleTime: Infinity,
    enabled: choice?.shape === "series" && start !== "",
  });
}
