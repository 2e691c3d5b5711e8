/** Which panels are drawn: the series of one variable together, with their colours, their range, and their words. */

import { axisText, type Panel, type Trace } from "../../figures/panel";
import { rangeOf } from "../../figures/range";
import { type Answer, type Line, lineOf, unitsOf } from "../../figures/trace";
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

/** How panels are to look. */
export interface Look {
  theme: Theme;
  flagged: boolean;
  /** Variables whose axis is not divided as usual. */
  switched: readonly string[];
  /** Each series less its median, so that stations of different levels can be compared. */
  centred: boolean;
  words: { log: string; linear: string; centred: string };
}

const STORM_KP = 5;
const NEUTRAL = { light: "#5d6770", dark: "#96a1a9" };
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
  look: Look,
): VariablePanel[] {
  const variables = [...new Set(told.map((one) => one.chosen.variable))];
  return variables.map((variable) => {
    const own = told.filter((one) => one.chosen.variable === variable);
    return variable === "kp" ? kpPanel(own, meanings.get(variable), look) : panelOf(variable, own, meanings.get(variable), look);
  });
}

function panelOf(variable: string, own: readonly Told[], meaning: Meaning | undefined, look: Look): VariablePanel {
  const log = !look.centred && usuallyLog(meaning) !== look.switched.includes(variable);
  const lines = own.map((one) => lineOf(one.answer, variable));
  const traces = own.map((one, at) => traceOf(one, look.centred ? centred(lines[at] as Line) : (lines[at] as Line), look.theme));
  const units = own[0] === undefined ? "1" : unitsOf(own[0].answer, variable);
  const symbol = meaning?.symbol ?? variable;
  return {
    variable,
    units,
    title: meaning === undefined ? variable : `${meaning.symbol} · ${meaning.meaning}`,
    axis: axisText(look.centred ? `${symbol} − ${look.words.centred}` : symbol, units, log ? look.words.log : look.words.linear),
    traces: toldApart(traces),
    range: rangeOf(traces.map((one) => one.line), log, look.flagged),
    log,
    flagged: look.flagged,
  };
}

/** Kp as bars over its whole range, those of storms (5 and more) in their own colour. */
function kpPanel(own: readonly Told[], meaning: Meaning | undefined, look: Look): VariablePanel {
  const panel = panelOf("kp", own, meaning, { ...look, centred: false, switched: [] });
  const bars = { bars: true, stormFrom: STORM_KP, colour: NEUTRAL[look.theme] };
  return { ...panel, range: [0, 9], ticks: [0, 3, 6, 9], traces: panel.traces.map((one) => ({ ...one, ...bars })) };
}

function traceOf(told: Told, line: Line, theme: Theme): Trace {
  const { collection, station, provider } = told.chosen;
  const source = [collection, station, provider].filter((one) => one !== undefined).join(" ");
  const colour = sourceColour(source, theme);
  return { label: told.name, colour, dash: sourceDash(source), line, simulated: told.simulated };
}

/** Traces with dashes only where the colour alone does not tell them apart. */
function toldApart(traces: readonly Trace[]): Trace[] {
  return traces.map((one, at) => {
    const alike = traces.slice(0, at).filter((other) => other.colour === one.colour).length;
    return { ...one, dash: alike === 0 ? [] : one.dash.length > 0 ? one.dash : [6, 3] };
  });
}

/** A line less the median of its sound values; what is flagged is moved with it. */
export function centred(line: Line): Line {
  const known = line.y.filter((one): one is number => one !== null).sort((a, b) => a - b);
  const middle = known[Math.floor(known.length / 2)] ?? 0;
  return { ...line, y: line.y.map((one) => (one === null ? null : one - middle)), doubtfulY: line.doubtfulY.map((one) => one - middle) };
}

/** What to cite, a line for each answer: whose, under which licence, and the version to ask for again. */
export function citations(answers: readonly Pick<Answer, "citation" | "provider" | "licence" | "version">[]): string[] {
  const lines = answers.map((one) => [one.citation, one.provider, one.licence, one.version].filter(Boolean).join(". "));
  return [...new Set(lines)];
}
