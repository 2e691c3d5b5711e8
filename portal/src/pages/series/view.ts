/** The page's view as the URL holds it. */

import { flag, instant, list, text } from "../../address";

export const VIEW = {
  s: list(),
  /** What is looked for at first, as a collection's name. */
  collection: text(),
  start: instant(),
  stop: instant(),
  indices: flag(true),
  flagged: flag(true),
  centred: flag(),
  switched: list(),
  spectrum: text(),
};

export interface View {
  s: readonly string[];
  collection: string;
  start: string;
  stop: string;
  indices: boolean;
  flagged: boolean;
  centred: boolean;
  switched: readonly string[];
  spectrum: string;
}

/** A name in a list or not, the other way round. */
export function toggled(names: readonly string[], name: string): string[] {
  return names.includes(name) ? names.filter((one) => one !== name) : [...names, name];
}

/** A name in the place of another; once, where it is there already. */
export function replaced(names: readonly string[], name: string, by: string): string[] {
  return [...new Set(names.map((one) => (one === name ? by : one)))];
}

/** A window moved by a share of its length and lengthened by a factor about its middle [ms]. */
export function moved(from: number, to: number, share: number, factor: number): [number, number] {
  const length = to - from;
  const middle = (from + to) / 2 + share * length;
  return [middle - (length * factor) / 2, middle + (length * factor) / 2];
}
