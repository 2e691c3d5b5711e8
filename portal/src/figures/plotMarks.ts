/** What is painted on a plot's canvas beside its lines: bands, hatching, instants, lone values, flagged values. */

import type uPlot from "uplot";
import { token } from "../theme/theme";
import { isolated, isSimulated, type Panel } from "./panel";
import { side } from "./range";

const HATCH_PX = 7;

/** Behind the lines: what is simulated is hatched, storms and control windows shaded. */
export function paintBehind(plot: uPlot, panel: Panel): void {
  const { ctx, bbox } = plot;
  ctx.save();
  clip(plot);
  for (const band of panel.bands ?? []) {
    const [left, right] = [plot.valToPos(band.from, "x", true), plot.valToPos(band.to, "x", true)];
    ctx.fillStyle = token(band.kind === "storm" ? "--storm" : "--control");
    ctx.fillRect(left, bbox.top, Math.max(right - left, 1), bbox.height);
  }
  if (isSimulated(panel)) hatch(plot);
  ctx.restore();
}

function clip(plot: uPlot): void {
  const { ctx, bbox } = plot;
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
}

function hatch(plot: uPlot): void {
  const { ctx, bbox } = plot;
  const step = HATCH_PX * devicePixelRatio;
  ctx.strokeStyle = token("--shade");
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.beginPath();
  for (let x = bbox.left - bbox.height; x < bbox.left + bbox.width; x += step) {
    ctx.moveTo(x, bbox.top + bbox.height);
    ctx.lineTo(x + bbox.height, bbox.top);
  }
  ctx.stroke();
}

/** Before the lines: values without neighbours as dots, flagged ones as crosses, absurd ones as arrows at the edge. */
export function paintBefore(plot: uPlot, panel: Panel): void {
  const { ctx } = plot;
  ctx.save();
  clip(plot);
  ctx.setLineDash([]); // what the lines and labels before left
  ctx.textAlign = "left";
  for (const trace of panel.traces) {
    if (trace.bars !== true) {
      ctx.fillStyle = trace.colour;
      for (const at of isolated(trace.line)) dot(plot, trace.line.x[at] as number, trace.line.y[at] as number);
    }
    if (panel.flagged && panel.range !== undefined) flagged(plot, trace.line, panel.range);
  }
  for (const mark of panel.marks ?? []) instant(plot, mark.at, mark.label);
  ctx.restore();
}

function dot(plot: uPlot, x: number, y: number): void {
  const size = 2.5 * devicePixelRatio;
  plot.ctx.fillRect(plot.valToPos(x, "x", true) - size / 2, plot.valToPos(y, "y", true) - size / 2, size, size);
}

function flagged(plot: uPlot, line: Panel["traces"][number]["line"], range: readonly [number, number]): void {
  const { ctx, bbox } = plot;
  const arm = 3 * devicePixelRatio;
  ctx.strokeStyle = token("--bad");
  ctx.fillStyle = token("--bad");
  ctx.lineWidth = 1.25 * devicePixelRatio;
  ctx.beginPath();
  line.doubtfulX.forEach((time, at) => {
    const value = line.doubtfulY[at] as number;
    const x = plot.valToPos(time, "x", true);
    const where = side(value, range);
    if (where === "inside") cross(ctx, x, plot.valToPos(value, "y", true), arm);
    else if (where === "above") arrow(ctx, x, bbox.top, arm);
    else arrow(ctx, x, bbox.top + bbox.height, -arm);
  });
  ctx.stroke();
}

function cross(ctx: CanvasRenderingContext2D, x: number, y: number, arm: number): void {
  ctx.moveTo(x - arm, y - arm);
  ctx.lineTo(x + arm, y + arm);
  ctx.moveTo(x - arm, y + arm);
  ctx.lineTo(x + arm, y - arm);
}

function arrow(ctx: CanvasRenderingContext2D, x: number, edge: number, arm: number): void {
  ctx.moveTo(x - arm, edge + 2 * arm);
  ctx.lineTo(x, edge + arm * 0.3);
  ctx.lineTo(x + arm, edge + 2 * arm);
  ctx.moveTo(x, edge + arm * 0.3);
  ctx.lineTo(x, edge + 4 * arm);
}

function instant(plot: uPlot, at: number, label: string): void {
  const { ctx, bbox } = plot;
  const x = plot.valToPos(at, "x", true);
  ctx.strokeStyle = token("--ink");
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.fillStyle = token("--ink");
  ctx.font = `${11 * devicePixelRatio}px ${token("--font")}`;
  ctx.fillText(label, x + 4 * devicePixelRatio, bbox.top + 12 * devicePixelRatio);
}
