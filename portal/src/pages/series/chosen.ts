/** Which series are chosen: as the URL writes them, and among what is held. */

import type { Schemas } from "../../api/client";

type Collection = Schemas["Collection"];

/** One variable of one collection; `station` where the collection has several platforms. */
export interface Chosen {
  id: string;
  collection: string;
  variable: string;
  station: string | undefined;
  /** The member whose values alone are meant ("": the archive's own); undefined where those of all are united. */
  provider: string | undefined;
}

/** A series that can be chosen: what it is, and what is held of it. */
export interface Choice extends Chosen {
  /** Along time at a place, or along the track of a satellite. */
  shape: "series" | "track";
  /** Station or platform, in capitals. */
  name: string;
  platform: string;
  cadence: string;
  start: string;
  last: string;
  simulated: boolean;
  /** Who handed some in ("": the archive itself). */
  providers: readonly string[];
  /** True where those of all can be had as one. */
  united: boolean;
}

/** The series that a word of the URL names: `collection/variable`, with `/station` or `/station/provider` behind it. */
export function chosenOf(id: string): Chosen | undefined {
  const [collection, variable, station, provider] = id.split("/");
  return collection && variable ? { id, collection, variable, station: station || undefined, provider } : undefined;
}

/** The word of the URL. */
export function idOf(one: Pick<Chosen, "collection" | "variable" | "station" | "provider">): string {
  const own = one.provider === undefined ? [] : [one.station ?? "", one.provider];
  return [one.collection, one.variable, ...(own.length > 0 ? own : one.station === undefined ? [] : [one.station])].join("/");
}

/** The same series as one member handed it in, or as those of all united. */
export function ofProvider<C extends Chosen>(choice: C, provider: string | undefined): C {
  return { ...choice, provider, id: idOf({ ...choice, provider }) };
}

/**
 * All series and tracks among the collections, one for each variable and platform. What several handed in is united, but
 * where it differs in kind (as simulated and observed): then each member's is a choice of its own.
 */
export function choicesOf(collections: readonly Collection[]): Choice[] {
  return collections.flatMap((one) => {
    const { shape } = one;
    if (shape !== "series" && shape !== "track") return [];
    const united = collections.filter((other) => other.collection_id === one.collection_id).length === 1;
    const platforms = one.platform.split(",").map((word) => word.trim());
    const choices = platforms.flatMap((platform) => one.variables.map((variable) => choiceOf({ ...one, shape }, variable, platform, platforms.length > 1)));
    return united ? choices : choices.flatMap((choice) => one.providers.map((provider) => ofProvider({ ...choice, united }, provider)));
  });
}

function choiceOf(one: Collection & { shape: Choice["shape"] }, variable: string, platform: string, several: boolean): Choice {
  const { collection_id: collection, shape, cadence, start, last, simulated, providers } = one;
  const chosen = { collection, variable, station: several ? platform : undefined, provider: undefined };
  return { ...chosen, id: idOf(chosen), shape, name: platform.toUpperCase(), platform, cadence, start, last, simulated, providers, united: true };
}

/** The choices that the URL's words name, each once; a platform may be named where the collection has no other. */
export function chosenAmong(all: readonly Choice[], ids: readonly string[]): Choice[] {
  return [...new Set(ids)].flatMap((id) => {
    const [held, told] = [all.find((one) => one.id === id), chosenOf(id)];
    if (held !== undefined || told === undefined) return held ?? [];
    const fits = (one: Choice) => one.united && one.collection === told.collection && one.variable === told.variable;
    const found = all.find((one) => fits(one) && (told.station === undefined || told.station === one.platform));
    if (found === undefined || (told.provider !== undefined && !found.providers.includes(told.provider))) return [];
    return { ...found, id, provider: told.provider };
  });
}

/** What a series is called: its station or satellite, and whose values where one member's are meant. */
export function nameOf({ name, provider }: Pick<Choice, "name" | "provider">, archive: string): string {
  return provider === undefined ? name : `${name} · ${provider || archive}`;
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
const TRACK_DAYS = 1;

/** The window in which chosen series are first shown: the last 30 days of what is held of them; of tracks alone, one. */
export function usualWindow(choices: readonly Choice[]): { start: string; stop: string } | undefined {
  if (choices.length === 0) return undefined;
  const last = Math.max(...choices.map((one) => Date.parse(one.last)));
  const first = Math.min(...choices.map((one) => Date.parse(one.start)));
  const stop = Math.ceil((last + 1) / DAY_MS) * DAY_MS;
  const days = choices.every((one) => one.shape === "track") ? TRACK_DAYS : USUAL_DAYS;
  return { start: instantText(Math.max(first, stop - days * DAY_MS)), stop: instantText(stop) };
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
