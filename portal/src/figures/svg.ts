/** A figure as SVG: what the panels show, in the same ranges and with the same values, with its axes and what to cite. */

import { isolated, isSimulated, type Panel, tickText, type Trace } from "./panel";
import { evenly, powers, type Range, side } from "./range";
import { type SpectrogramPanel, spectrogramSvg } from "./spectrogramSvg";
import { acrossOf, FAINT, GRID, INK, LEFT, lines, RIGHT, TALL, text, ticksOf, WIDTH } from "./svgText";
import { timeLabels } from "./timeAxis";

/** Panels one below the other over one window [s since 1970]; `notes` stand below, one a line. */
export interface Figure {
  panels: readonly Panel[];
  /** Below the panels. */
  spectrogram?: SpectrogramPanel;
  from: number;
  to: number;
  notes: readonly string[];
  words: { simulated: string; time: string };
}

const TOP = 26;
const BETWEEN = 30;
const LINE = 15;
const BAD = "#a3212b";
const STORM = "#8a4b00";
const SHADES = { storm: "#c87900", control: "#3d6fa8" };

/** The figure, always on white. */
export function figureSvg(figure: Figure): string {
  const { panels, spectrogram } = figure;
  const topOf = (at: number) => TOP + at * (TALL + BETWEEN);
  const bottom = topOf(panels.length + (spectrogram === undefined ? 0 : 1));
  const said = figure.notes.flatMap(lines);
  const height = bottom + 34 + said.length * LINE;
  const parts = panels.map((panel, at) => panelSvg(panel, figure, topOf(at)));
  if (spectrogram !== undefined) parts.push(spectrogramSvg(spectrogram, figure, topOf(panels.length), figure.words.simulated));
  const labels = timeLabelsSvg(figure, bottom - BETWEEN);
  const notes = said.map((note, at) => text(LEFT, bottom + 34 + at * LINE, note, { fill: FAINT, size: 10 }));
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, 'Noto Sans', 'Noto Sans SC', sans-serif">` +
    `<defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="7" stroke="${INK}" stroke-opacity="0.16" stroke-width="1.5"/></pattern></defs>` +
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>${parts.join("")}${labels}${notes.join("")}</svg>`
  );
}

/** From an instant and a value to a place in a panel whose top is at `top`. */
function placed(figure: Figure, panel: Panel, range: Range, top: number) {
  const scale = panel.log ? Math.log10 : (value: number) => value;
  const [low, high] = [scale(range[0]), scale(range[1])];
  return {
    x: acrossOf(figure),
    y: (value: number) => top + TALL - ((scale(value) - low) / (high - low)) * TALL,
  };
}

type Placed = ReturnType<typeof placed>;

function panelSvg(panel: Panel, figure: Figure, top: number): string {
  const range = panel.range ?? [0, 1];
  const at = placed(figure, panel, range, top);
  const id = `clip${top}`;
  const frame = `x="${LEFT}" y="${top}" width="${WIDTH - LEFT - RIGHT}" height="${TALL}"`;
  const hatched = isSimulated(panel) ? `<rect ${frame} fill="url(#hatch)"/>` : "";
  const bands = (panel.bands ?? []).map((one) => `<rect x="${at.x(one.from).toFixed(1)}" y="${top}" width="${Math.max(1, at.x(one.to) - at.x(one.from)).toFixed(1)}" height="${TALL}" fill="${SHADES[one.kind]}" fill-opacity="0.2"/>`);
  const traces = panel.traces.map((one) => traceSvg(one, panel, range, at, figure, top));
  const said = isSimulated(panel) ? text(WIDTH - RIGHT - 4, top + 13, figure.words.simulated, { anchor: "end", fill: FAINT }) : "";
  return (
    `<clipPath id="${id}"><rect ${frame}/></clipPath>${text(LEFT, top - 8, panel.title, { size: 12 })}${legend(panel, top)}` +
    `${gridSvg(panel, range, figure, at, top)}<g clip-path="url(#${id})">${bands.join("")}${hatched}${traces.join("")}${marksSvg(panel, at, top)}</g>` +
    `<rect ${frame} fill="none" stroke="${FAINT}" stroke-width="0.75"/>${said}${text(14, top + TALL / 2, panel.axis, { anchor: "middle", turn: true, fill: FAINT })}`
  );
}

function marksSvg(panel: Panel, at: Placed, top: number): string {
  return (panel.marks ?? [])
    .map((one) => `<path d="M${at.x(one.at).toFixed(1)} ${top}v${TALL}" stroke="${INK}"/>${text(at.x(one.at) + 4, top + 12, one.label)}`)
    .join("");
}

function legend(panel: Panel, top: number): string {
  let x = WIDTH - RIGHT;
  return [...panel.traces].reverse().map((one) => {
    x -= one.label.length * 6.5 + 34;
    const dash = one.dash.length > 0 ? ` stroke-dasharray="${one.dash.join(" ")}"` : "";
    return `<path d="M${x} ${top - 12}h20" stroke="${one.colour}" stroke-width="2"${dash}/>${text(x + 25, top - 8, one.label)}`;
  }).join("");
}

function gridSvg(panel: Panel, range: Range, figure: Figure, at: Placed, top: number): string {
  const values = panel.ticks ?? (panel.log ? powers(range) : evenly(range));
  const step = Math.abs((values[1] ?? 1) - (values[0] ?? 0));
  const across = values.map((one) => `<path d="M${LEFT} ${at.y(one).toFixed(1)}H${WIDTH - RIGHT}" stroke="${GRID}"/>${text(LEFT - 6, at.y(one) + 4, tickText(one, panel.log, step), { anchor: "end" })}`);
  const down = ticksOf(figure).map((one) => `<path d="M${at.x(one).toFixed(1)} ${top}v${TALL}" stroke="${GRID}"/>`);
  return across.join("") + down.join("");
}

function timeLabelsSvg(figure: Figure, y: number): string {
  const ticks = ticksOf(figure);
  const x = acrossOf(figure);
  const labels = timeLabels(ticks).flatMap((label, at) =>
    label.split("\n").map((line, row) => text(x(ticks[at] as number), y + 15 + row * 13, line, { anchor: "middle" })),
  );
  return labels.join("") + text(WIDTH - RIGHT, y + 41, figure.words.time, { anchor: "end", fill: FAINT });
}

function traceSvg(trace: Trace, panel: Panel, range: Range, at: Placed, figure: Figure, top: number): string {
  const { line } = trace;
  const flags = panel.flagged ? flagsSvg(trace, range, at, top) : "";
  if (trace.bars === true && !line.decimated) return barsSvg(trace, at, top) + flags;
  const dash = trace.dash.length > 0 ? ` stroke-dasharray="${trace.dash.join(" ")}"` : "";
  const dots = isolated(line).map((one) => `<circle cx="${at.x(line.x[one] as number).toFixed(2)}" cy="${at.y(line.y[one] as number).toFixed(2)}" r="1.3" fill="${trace.colour}"/>`);
  return `<path d="${linePath(line.x, line.y, at, figure)}" fill="none" stroke="${trace.colour}" stroke-width="1.1" stroke-linejoin="round"${dash}/>${dots.join("")}${flags}`;
}

/** The line within the window and one value beyond each end; null breaks it. */
function linePath(xs: readonly number[], ys: readonly (number | null)[], at: Placed, figure: Figure): string {
  let path = "";
  let joined = false;
  xs.forEach((x, index) => {
    const y = ys[index];
    if (y === null || y === undefined || (xs[index + 1] ?? x) < figure.from || (xs[index - 1] ?? x) > figure.to) {
      joined = false;
      return;
    }
    path += `${joined ? "L" : "M"}${at.x(x).toFixed(2)} ${at.y(y).toFixed(2)}`;
    joined = true;
  });
  return path;
}

function barsSvg(trace: Trace, at: Placed, top: number): string {
  const { x, y, step } = trace.line;
  return x.map((time, index) => {
    const value = y[index];
    if (value === null || value === undefined) return "";
    const storm = trace.stormFrom !== undefined && value >= trace.stormFrom;
    const [left, high] = [at.x(time), at.y(value)];
    const width = Math.max(0.5, at.x(time + step) - left - 0.5);
    return `<rect x="${left.toFixed(2)}" y="${high.toFixed(2)}" width="${width.toFixed(2)}" height="${(top + TALL - high).toFixed(2)}" fill="${storm ? STORM : trace.colour}"/>`;
  }).join("");
}

function flagsSvg(trace: Trace, range: Range, at: Placed, top: number): string {
  const { doubtfulX, doubtfulY } = trace.line;
  const path = doubtfulX.map((time, index) => {
    const value = doubtfulY[index] as number;
    const x = at.x(time);
    const where = side(value, range);
    if (where === "inside") return `M${(x - 3).toFixed(1)} ${(at.y(value) - 3).toFixed(1)}l6 6m-6 0l6 -6`;
    const edge = where === "above" ? top + 1 : top + TALL - 1;
    const arm = where === "above" ? 3 : -3;
    return `M${(x - 3).toFixed(1)} ${edge + 2 * arm}L${x.toFixed(1)} ${edge}L${(x + 3).toFixed(1)} ${edge + 2 * arm}M${x.toFixed(1)} ${edge}v${4 * arm}`;
  });
  return path.length === 0 ? "" : `<path d="${path.join("")}" fill="none" stroke="${BAD}" stroke-width="1.25"/>`;
}
