import { useSyncExternalStore } from "react";
import type { Schemas } from "../../api/client";

type Collection = Schemas["Collection"];

/** What is wanted of one collection: half-open window, and variables (none: all). */
export interface Wanted {
  collection_id: string;
  start: string;
  stop: string;
  variables: readonly string[];
}

export const MOST = 50;
const KEPT = "soap.basket";
const changed = new Event("soap:basket");

let read: { text: string | null; value: readonly Wanted[] } = { text: null, value: [] };

/** The basket as this machine keeps it. */
function held(): readonly Wanted[] {
  const text = localStorage.getItem(KEPT);
  if (text !== read.text) read = { text, value: parsed(text) };
  return read.value;
}

/** A kept basket; what is none is an empty one. */
export function parsed(text: string | null): readonly Wanted[] {
  try {
    const said: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(said) ? said.filter(isWanted) : [];
  } catch {
    return []; // another page of this address wrote something else there
  }
}

function isWanted(one: unknown): one is Wanted {
  return typeof one === "object" && one !== null && "collection_id" in one && "start" in one && "stop" in one && "variables" in one;
}

/** Puts another content into the basket. */
export function put(wanted: readonly Wanted[]): void {
  localStorage.setItem(KEPT, JSON.stringify(wanted));
  window.dispatchEvent(changed);
}

/** What is in the basket. */
export function useBasket(): readonly Wanted[] {
  return useSyncExternalStore(listen, held);
}

function listen(listener: () => void): () => void {
  window.addEventListener("soap:basket", listener);
  window.addEventListener("storage", listener);
  return () => {
    window.removeEventListener("soap:basket", listener);
    window.removeEventListener("storage", listener);
  };
}

/** All of a collection, as it goes into the basket. */
export function allOf(one: Pick<Collection, "collection_id" | "start" | "last">): Wanted {
  const stop = new Date(Math.floor(Date.parse(one.last) / 1000 + 1) * 1000); // past its last time
  return { collection_id: one.collection_id, start: one.start, stop: stop.toISOString(), variables: [] };
}

/** Share of a collection's span that is wanted, 0 … 1, by which its values are estimated. */
export function share(wanted: Wanted, one: Pick<Collection, "start" | "last">): number {
  const [first, last] = [Date.parse(one.start), Date.parse(one.last)];
  const [from, to] = [Math.max(first, Date.parse(wanted.start)), Math.min(last, Date.parse(wanted.stop))];
  if (!(to >= from)) return 0;
  return last === first ? 1 : (to - from) / (last - first);
}
