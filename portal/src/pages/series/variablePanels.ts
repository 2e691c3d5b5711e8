/** Which panels are drawn: the series of one variable together, with their colours, their range, and their words. */

import { axisText, type Panel, type Trace } from "../../figures/panel";
import { rangeOf } from "../../figures/range";
import { lineOf, type Answer, unitsOf } from "../../figures/trace";
import { sourceColour, sourceDash } from "../../theme/sources";
import type { Theme } from "../../theme/theme";
import type { Chosen } from "./chosen";

/** What an identifier means. */
export interface Meaning {
  symbol: string;
  units: string;
  meaning: string;
  plausible?: readonly number[] | null;
}

/** A chosen series with what was answered of it. */
export interface Told {
  chosen: Chosen;
  name: string;
  simulated: boolean;
  answer: Answer;
}

export interface VariablePanel extends Panel {
  variable: string;
  units: string;
}

const STORM_KP = 5;
const LOG_ABOVE = 1e9;

/** True where a variable is drawn on a logarithmic axis unless told otherwise: never below 0, and large. */
export function usuallyLog(meaning: Meaning | undefined): boolean {
  const [low, high] = meaning?.plausible ?? [0, 0];
  return low !== undefined && high !== undefined && low >= 0 && high >= LOG_ABOVE;
}

/** Panels in the order in which their variables were chosen. */
export function panelsOf(
  told: readonly Told[],
  meanings: ReadonlyMap<string, Meaning>,
  look: { theme: Theme; flagged: boolean; switched: readonly string[]; words: { log: string; linear: string } },
): VariablePanel[] {
  const variables = [...new Set(told.map((one) => one.chosen.variable))];
  return variables.map((variable) => {
    const own = told.filter((one) => one.chosen.variable === variable);
    const meaning = meanings.get(variable);
    const log = usuallyLog(meaning) !== look.switched.includes(variable);
    const traces = own.map((one) => traceOf(one, look.theme));
    const units = own[0] === undefined ? "1" : unitsOf(own[0].answer, variable);
    return {
      variable,
      units,
      title: meaning === undefined ? variable : `${meaning.symbol} · ${meaning.meaning}`,
      axis: axisText(meaning?.symbol ?? variable, units, log ? look.words.log : look.words.linear),
      traces,
      range: variable === "kp" ? [0, 9] : rangeOf(traces.map((one) => one.line), log, look.flagged),
      log,
      flagged: look.flagged,
    };
  });
}

function traceOf(told: Told, theme: Theme): Trace {
  const { collection, variable, station } = told.chosen;
  const source = station === undefined ? collection : `${collection} ${station}`;
  const kp = variable === "kp" ? { bars: true, stormFrom: STORM_KP } : {};
  return {
    label: told.name,
    colour: sourceColour(source, theme),
    dash: sourceDash(source),
    line: lineOf(told.answer, variable),
    simulated: told.simulated,
    ...kp,
  };
}

/** What to cite, a line for each answer: whose, under which licence, and the version to ask for again. */
export function citations(answers: readonly Answer[]): string[] {
  const lines = answers.map((one) => [one.citation, one.provider, one.licence, one.version].filter(Boolean).join(". "));
  return [...new Set(lines)];
}
