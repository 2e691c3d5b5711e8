/** A panel as options and columns of uPlot. */

import uPlot from "uplot";
import { token } from "../theme/theme";
import { type Panel, tickText, type Trace } from "./panel";
import { paintBefore, paintBehind } from "./plotMarks";
import { powers } from "./range";
import { timeLabels, timeTicks } from "./timeAxis";

const LEFT_PX = 76;
const RIGHT_PX = 28;
const PX_A_TICK = 84;
const PX_A_VALUE = 22;
const FREE_AT_END = 0.02;

/** How a plot tells what was done with it. */
interface Told {
  /** A stretch of time was drawn with the mouse. */
  zoom(from: number, to: number): void;
  /** The cursor stands at an instant, or nowhere. */
  cursor(at: number | undefined): void;
  /** The canvas has been painted. */
  painted(): void;
}

/** Lines over all their times; where one has no value of its own there is neither a value nor a gap. */
export function columnsOf(traces: readonly Trace[]): uPlot.AlignedData {
  const tables = traces.flatMap(tablesOf);
  if (tables.length === 0) return [[]];
  return tables.length === 1 ? (tables[0] as uPlot.AlignedData) : uPlot.join(tables);
}

function tablesOf(trace: Trace): uPlot.AlignedData[] {
  const { x, y } = trace.line;
  const from = barsFrom(trace);
  if (from === undefined) return [[x, y]];
  return [[x, y.map((one) => (one !== null && one < from ? one : null))], [x, y.map((one) => (one !== null && one >= from ? one : null))]];
}

/** Where the bars of storms begin; undefined where a trace is no bars, or too long for them. */
function barsFrom(trace: Trace): number | undefined {
  return trace.bars === true && !trace.line.decimated ? trace.stormFrom : undefined;
}

/** Options for a panel, so wide and tall [px]; `range` gives the range of values in force. */
export function optionsOf(panel: () => Panel, size: { width: number; height: number }, sync: string, told: Told): uPlot.Options {
  const { log, traces, across } = panel();
  return {
    ...size,
    padding: [6, RIGHT_PX, 0, 0],
    legend: { show: false },
    cursor: {
      drag: { x: true, y: false, setScale: false },
      // a stretch is drawn in one plot, which tells of it once; the others only follow the cursor
      sync: { key: sync, setSeries: false, filters: { pub: (type) => type !== "mousedown" && type !== "mouseup" } },
      points: { show: false },
      y: false,
    },
    scales: {
      x: { time: true, range: (_, low, high) => [low, high] },
      y: { distr: log ? 3 : 1, range: () => [...(panel().range ?? (log ? [1, 10] : [0, 1]))] },
    },
    axes: [across === "latitude" ? latitudeAxis() : timeAxis(), valueAxis(panel)],
    series: [{}, ...traces.flatMap((one) => seriesOf(one))],
    hooks: {
      drawClear: [(plot) => paintBehind(plot, panel())],
      draw: [(plot) => { paintBefore(plot, panel()); told.painted(); }],
      setCursor: [(plot) => told.cursor(cursorTime(plot))],
      setSelect: [(plot) => selected(plot, told)],
    },
  };
}

function cursorTime(plot: uPlot): number | undefined {
  const left = plot.cursor.left ?? -1;
  return left < 0 ? undefined : plot.posToVal(left, "x");
}

function selected(plot: uPlot, told: Told): void {
  const { left, width } = plot.select;
  if (width < 4) return;
  const [from, to] = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
  plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  told.zoom(from, to);
}

function seriesOf(trace: Trace): uPlot.Series[] {
  const shown = { points: { show: false }, spanGaps: false };
  if (trace.bars !== true || trace.line.decimated) {
    return [{ ...shown, stroke: trace.colour, width: 1.1, dash: [...trace.dash] }];
  }
  const paths = uPlot.paths.bars?.({ size: [1, Infinity], align: 1, gap: 1 });
  const bars = { ...shown, width: 0, ...(paths === undefined ? {} : { paths }) };
  const storm = token("--warn");
  const quiet = { ...bars, fill: trace.colour, stroke: trace.colour };
  return barsFrom(trace) === undefined ? [quiet] : [quiet, { ...bars, fill: storm, stroke: storm }];
}

/** The axis of time, UTC. */
export function timeAxis(): uPlot.Axis {
  return {
    ...drawn(),
    size: 36,
    gap: 3,
    splits: (plot, _, low, high) => {
      const most = Math.max(2, Math.floor(plot.bbox.width / devicePixelRatio / PX_A_TICK));
      return timeTicks(low, high - FREE_AT_END * (high - low), most); // what stood at the end would be cut
    },
    values: (_, ticks) => timeLabels(ticks),
  };
}

/** The axis of latitude: whole tens of degrees, north and south. */
function latitudeAxis(): uPlot.Axis {
  const text = (one: number) => `${Math.abs(one)}°${one === 0 ? "" : one < 0 ? " S" : " N"}`;
  return {
    ...drawn(),
    size: 24,
    gap: 3,
    splits: (_, __, low, high) => {
      const step = high - low > 60 ? 20 : high - low > 20 ? 10 : 5;
      const first = Math.ceil(low / step);
      return Array.from({ length: Math.max(0, Math.floor(high / step) - first + 1) }, (_, at) => (first + at) * step);
    },
    values: (_, ticks) => ticks.map(text),
  };
}

function valueAxis(panel: () => Panel): uPlot.Axis {
  const { log, axis, ticks } = panel();
  return {
    ...drawn(),
    ...(ticks === undefined ? {} : { splits: () => [...ticks] }),
    size: LEFT_PX - 18,
    gap: 4,
    label: axis,
    labelSize: 18,
    labelFont: `11px ${token("--font")}`,
    space: PX_A_VALUE,
    ...(log
      ? logTicks()
      : { values: (_, shown) => shown.map((one) => (one === null ? "" : tickText(one, false, Math.abs((shown[1] ?? 0) - (shown[0] ?? 0)) * Number(shown.length > 1)))) }),
  };
}

/** Ticks of a logarithmic axis, each with its label, as in a file. */
export function logTicks(): Pick<uPlot.Axis, "splits" | "filter" | "values"> {
  return {
    splits: (_, __, low, high) => powers([low, high]),
    filter: (_, ticks) => ticks,
    values: (_, ticks) => ticks.map((one) => tickText(one, true, 1)),
  };
}

/** Colours and letters that axes have in common. */
export function drawn(): uPlot.Axis {
  return {
    stroke: token("--ink-2"),
    font: `11px ${token("--font")}`,
    grid: { stroke: token("--hairline"), width: 1 },
    ticks: { stroke: token("--line"), width: 1, size: 4 },
  };
}
