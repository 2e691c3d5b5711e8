import type { Schemas } from "../../api/client";

export type Collection = Schemas["Collection"];

/** What narrows the list: words that all must occur, and exact values; empty ones narrow nothing. */
export interface Conditions {
  q: string;
  domain: string;
  member: string;
  access: string;
}

/** The archive's own data among members', in the URL. */
export const OF_THE_ARCHIVE = "-";

/** Collections that answer to all conditions. */
export function fitting(all: readonly Collection[], wanted: Conditions): readonly Collection[] {
  const words = wanted.q.toLowerCase().split(/\s+/).filter(Boolean);
  const member = wanted.member === OF_THE_ARCHIVE ? "" : wanted.member;
  return all.filter((one) => {
    const text = [one.collection_id, one.platform, one.shape, one.citation, ...one.variables].join(" ").toLowerCase();
    return (
      words.every((word) => text.includes(word)) &&
      (wanted.domain === "" || one.domain === wanted.domain) &&
      (wanted.member === "" || one.providers.includes(member)) &&
      (wanted.access === "" || one.access === wanted.access)
    );
  });
}

/** Distinct values of a part of the collections, sorted. */
export function among(all: readonly Collection[], part: (one: Collection) => readonly string[]): readonly string[] {
  return [...new Set(all.flatMap(part))].sort();
}
