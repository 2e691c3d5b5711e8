/** Which series are chosen: as the URL writes them, and among what is held. */

import type { Schemas } from "../../api/client";

type Collection = Schemas["Collection"];

/** One variable of one collection; `station` where the collection has several platforms. */
export interface Chosen {
  id: string;
  collection: string;
  variable: string;
  station: string | undefined;
}

/** A series that can be chosen: what it is, and what is held of it. */
export interface Choice extends Chosen {
  /** Station or platform, in capitals. */
  name: string;
  cadence: string;
  start: string;
  last: string;
  simulated: boolean;
}

/** The series that a word of the URL names, `collection/variable` or `collection/variable/station`. */
export function chosenOf(id: string): Chosen | undefined {
  const [collection, variable, station] = id.split("/");
  return collection && variable ? { id, collection, variable, station } : undefined;
}

/** All series among the collections, one for each variable and platform. */
export function choicesOf(collections: readonly Collection[]): Choice[] {
  return collections
    .filter((one) => one.shape === "series")
    .flatMap((one) => {
      const platforms = one.platform.split(",").map((word) => word.trim());
      return platforms.flatMap((platform) =>
        one.variables.map((variable) => ({
          id: [one.collection_id, variable, ...(platforms.length > 1 ? [platform] : [])].join("/"),
          collection: one.collection_id,
          variable,
          station: platforms.length > 1 ? platform : undefined,
          name: platform.toUpperCase(),
          cadence: one.cadence,
          start: one.start,
          last: one.last,
          simulated: one.simulated,
        })),
      );
    });
}

/** Choices in which every word is found, in any order and in capitals or not; `words` tells more of a variable. */
export function fitting(choices: readonly Choice[], text: string, words: (variable: string) => string): Choice[] {
  const wanted = text.toLowerCase().split(/\s+/).filter((one) => one !== "");
  return choices.filter((one) => {
    const said = `${one.id} ${one.name} ${words(one.variable)}`.toLowerCase();
    return wanted.every((word) => said.includes(word));
  });
}

const DAY_MS = 86_400_000;
const USUAL_DAYS = 30;

/** The window in which chosen series are first shown: the last 30 days of what is held of them. */
export function usualWindow(choices: readonly Choice[]): { start: string; stop: string } | undefined {
  if (choices.length === 0) return undefined;
  const last = Math.max(...choices.map((one) => Date.parse(one.last)));
  const first = Math.min(...choices.map((one) => Date.parse(one.start)));
  const stop = Math.ceil((last + 1) / DAY_MS) * DAY_MS;
  return { start: instantText(Math.max(first, stop - USUAL_DAYS * DAY_MS)), stop: instantText(stop) };
}

/** All that is held of the chosen series. */
export function wholeWindow(choices: readonly Choice[]): { start: string; stop: string } {
  const first = Math.min(...choices.map((one) => Date.parse(one.start)));
  const last = Math.max(...choices.map((one) => Date.parse(one.last)));
  return { start: instantText(first), stop: instantText(last + 1000) };
}

/** An instant [ms] as the URL writes it: a date alone at midnight, to the second, or to the millisecond of short windows. */
export function instantText(ms: number, spanMs = DAY_MS): string {
  const iso = new Date(ms).toISOString();
  if (ms % DAY_MS === 0) return iso.slice(0, 10);
  return spanMs < 60_000 ? iso : `${iso.slice(0, 19)}Z`;
}

/** Seconds of an ISO 8601 duration as PT1M; undefined of none or of several. */
export function cadenceSeconds(text: string): number | undefined {
  const found = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(text);
  if (found === null) return undefined;
  const [days, hours, minutes, seconds] = found.slice(1).map((one) => Number(one ?? 0)) as [number, number, number, number];
  return days * 86_400 + hours * 3600 + minutes * 60 + seconds || undefined;
}

/** Seconds as people say them: 90 s, 2.5 min, 6 h, 12 d. */
export function durationText(seconds: number): string {
  const [unit, size] = seconds < 120 ? ["s", 1] : seconds < 7200 ? ["min", 60] : seconds < 172_800 ? ["h", 3600] : ["d", 86_400];
  return `${Number((seconds / (size as number)).toPrecision(3))} ${unit}`;
}
