import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Schemas } from "../api/client";
import { viridis } from "../theme/maps";
import { token, useTheme } from "../theme/theme";
import { logRange, pixelsOf, powerText } from "./heat";
import { unitText } from "./panel";
import { drawn, logTicks, timeAxis } from "./plotOptions";
import type { Range } from "./range";
import "./plot.css";

/** A spectrogram over time, power in viridis on a logarithmic scale; where too much is missing the ground shows. */
export function Spectrogram(props: { told: Schemas["Spectrogram"]; from: number; to: number; height: number; summary: string }) {
  const { t } = useTranslation();
  const theme = useTheme();
  const place = useRef<HTMLDivElement>(null);
  const { told, from, to, height } = props;
  const range = logRange(told.power);
  const axis = `${t("series.frequency")} [Hz] · ${t("figures.log")}`;
  useEffect(() => {
    const box = place.current;
    if (box === null || range === undefined) return;
    const made = make(box, told, range, { from, to, height, axis });
    const sized = new ResizeObserver(() => made.setSize({ width: box.clientWidth, height }));
    sized.observe(box);
    return () => {
      sized.disconnect();
      made.destroy();
    };
  }, [told, from, to, height, axis, theme]);
  return (
    <div className="plot" data-testid="spectrogram">
      <div ref={place} className="plot-canvas" style={{ height }} role="img" aria-label={props.summary} />
      {told.simulated && <span className="plot-simulated">{t("figures.simulated")}</span>}
      {range !== undefined && <ColourBar range={range} units={told.units} />}
    </div>
  );
}

/** What the colours mean. */
function ColourBar({ range, units }: { range: Range; units: string }) {
  const { t } = useTranslation();
  const place = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const ctx = place.current?.getContext("2d");
    if (!ctx) return;
    const steps = Array.from({ length: 256 }, (_, at) => [10 ** (at / 255)]);
    ctx.putImageData(new ImageData(new Uint8ClampedArray(pixelsOf(steps, [0, 1], viridis)), 256, 1), 0, 0);
  }, []);
  return (
    <div className="row small faint colour-bar">
      <span>{t("series.power")} [{unitText(units)}] · {t("figures.log")}</span>
      <span>{powerText(range[0])}</span>
      <canvas ref={place} width={256} height={1} aria-hidden="true" />
      <span>{powerText(range[1])}</span>
    </div>
  );
}

function make(
  box: HTMLElement,
  told: Schemas["Spectrogram"],
  range: Range,
  look: { from: number; to: number; height: number; axis: string },
): uPlot {
  const image = imageOf(told, range);
  const edges = told.frequency_edges_hz;
  const [low, high] = [edges[0] ?? 1e-4, edges.at(-1) ?? 1];
  const options: uPlot.Options = {
    width: Math.max(box.clientWidth, 120),
    height: look.height,
    padding: [6, 28, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: true, range: () => [look.from, look.to] }, y: { distr: 3, range: () => [low, high] } },
    axes: [{ ...timeAxis(), grid: { show: false } }, { ...drawn(), grid: { show: false }, size: 58, gap: 4, label: look.axis, labelSize: 18, labelFont: `11px ${token("--font")}`,
      ...logTicks() }],
    series: [{}, {}],
    hooks: { drawClear: [(plot) => paint(plot, told, image)] },
  };
  return new uPlot(options, [[look.from, look.to], [low, low].map(() => null)], box);
}

/** The powers as an image, one pixel a cell. */
function imageOf(told: Schemas["Spectrogram"], range: Range): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, told.power.length);
  canvas.height = Math.max(1, told.power[0]?.length ?? 0);
  const pixels = new Uint8ClampedArray(pixelsOf(told.power, range, viridis));
  canvas.getContext("2d")?.putImageData(new ImageData(pixels, canvas.width, canvas.height), 0, 0);
  return canvas;
}

/** Each row of cells between its frequencies, which are not equally far apart. */
function paint(plot: uPlot, told: Schemas["Spectrogram"], image: HTMLCanvasElement): void {
  const { ctx, bbox } = plot;
  const at = (iso: string | undefined) => plot.valToPos(Date.parse(iso ?? "") / 1000, "x", true);
  const [left, right] = [at(told.time_edges[0]), at(told.time_edges.at(-1))];
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.imageSmoothingEnabled = false;
  told.frequency_edges_hz.slice(0, -1).forEach((low, row) => {
    const [bottom, top] = [low, told.frequency_edges_hz[row + 1] ?? low].map((one) => plot.valToPos(one, "y", true)) as [number, number];
    ctx.drawImage(image, 0, image.height - 1 - row, image.width, 1, left, top, right - left, bottom - top + 0.5);
  });
  ctx.restore();
}
