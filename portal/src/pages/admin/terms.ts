import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answerOf, api, type Schemas } from "../../api/client";

export type TermsInForce = Schemas["TermsInForce"];
export type NewTerms = Schemas["NewTerms"];

/** Terms in force on a collection, one of each who handed it in. */
export function useTerms(collection: string) {
  return useQuery({
    queryKey: ["terms", collection],
    enabled: collection !== "",
    queryFn: ({ signal }) => answerOf(api.GET("/api/v1/terms", { params: { query: { collection } }, signal })),
  });
}

/** Terms that were set: on a collection, or on all that one may be told of; the latest first. */
export function useTermsHistory(collection: string) {
  return useQuery({
    queryKey: ["terms", "history", collection],
    queryFn: async ({ signal }) => {
      const query = collection === "" ? {} : { collection };
      return (await answerOf(api.GET("/api/v1/terms/history", { params: { query }, signal }))).toReversed();
    },
  });
}

/** Sets terms; all that was known of what one may see is asked for anew. */
export function useSetTerms(collection: string, provider: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewTerms) =>
      answerOf(api.PUT("/api/v1/terms", { params: { query: { collection, provider } }, body })),
    onSuccess: () => client.invalidateQueries(),
  });
}
