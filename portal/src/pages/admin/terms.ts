import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answerOf, api, type Schemas } from "../../api/client";

export type TermsInForce = Schemas["TermsInForce"];
export type NewTerms = Schemas["NewTerms"];
export const ACCESSES = ["open", "members", "named", "private"] as const;

/** Terms as a form holds them: members between blanks, a day or nothing. */
export interface Draft {
  access: string;
  named: string;
  until: string;
  licence: string;
  citation: string;
  owner: string;
}

/** The form of terms that are in force. */
export function draftOf(held: TermsInForce): Draft {
  const { access, named, embargo_until: until, licence, citation, owner } = held;
  return { access, named: named.join(" "), until: until?.slice(0, 10) ?? "", licence, citation, owner };
}

/** The terms that a form wishes; the owner, whom only who runs the archive sets, is left out where it stays. */
export function termsOf(draft: Draft, held: TermsInForce): NewTerms {
  const { access, named, until, licence, citation, owner } = draft;
  return {
    access: ACCESSES.find((one) => one === access) ?? null,
    named: named.split(/[\s,]+/).filter(Boolean),
    embargo_until: until === "" ? "none" : until,
    licence,
    citation,
    owner: owner === held.owner ? null : owner,
  };
}

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
