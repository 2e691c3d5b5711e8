import { type KeyboardEvent, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useTheme } from "../theme/theme";
import { isSimulated, type Panel } from "./panel";
import { columnsOf, optionsOf } from "./plotOptions";
import "./plot.css";

/** What a plot needs beside its panel: the window [s since 1970], its height [px], who shares its cursor. */
interface PlotProps {
  panel: Panel;
  from: number;
  to: number;
  height?: number;
  sync?: string;
  /** What the panel shows, for who does not see it. */
  summary: string;
  /** A new window was chosen; without it the window stays. */
  onZoom?: (from: number, to: number) => void;
  /** The cursor stands at an instant, or nowhere. */
  onCursor?: (at: number | undefined) => void;
}

/**
 * A panel over time. A stretch drawn with the mouse zooms; with the keyboard the arrows move the window by a quarter,
 * `+` and `-` halve and double it. The window changes at once, whatever is there; what comes later refines it.
 */
export function Plot(props: PlotProps) {
  const { t } = useTranslation();
  const theme = useTheme();
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const { panel, from, to, height = 180 } = props;
  const shape = `${panel.log} ${panel.across ?? ""} ${panel.axis} ${theme} ${panel.traces.map((one) => `${one.label} ${one.colour} ${one.bars === true} ${one.line.decimated}`).join("|")}`;

  useEffect(() => {
    const box = place.current;
    if (box === null) return;
    const made = make(box, height, latest);
    plot.current = made;
    const sized = new ResizeObserver(() => made.setSize({ width: box.clientWidth, height }));
    sized.observe(box);
    return () => {
      sized.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [shape, height]);

  useEffect(() => {
    const one = plot.current;
    one?.batch(() => {
      one.setData(columnsOf(panel.traces), false);
      one.setScale("x", { min: from, max: to });
    });
  }, [panel, from, to, shape, height]);

  return (
    <div className="plot" data-testid="plot">
      <div ref={place} className="plot-canvas" style={{ height }} role="img" aria-label={props.summary}
        tabIndex={props.onZoom === undefined ? undefined : 0} onKeyDown={(event) => byKey(event, props)} />
      {isSimulated(panel) && <span className="plot-simulated">{t("figures.simulated")}</span>}
    </div>
  );
}

function make(box: HTMLElement, height: number, latest: { current: PlotProps }): uPlot {
  const told = {
    zoom: (from: number, to: number) => latest.current.onZoom?.(from, to),
    cursor: (at: number | undefined) => latest.current.onCursor?.(at),
    painted: () => performance.mark("plot:painted", { detail: { title: latest.current.panel.title, first: latest.current.panel.traces[0]?.line.x[0] } }),
  };
  const size = { width: Math.max(box.clientWidth, 120), height };
  const { panel, from, to, sync } = latest.current;
  const made = new uPlot(optionsOf(() => latest.current.panel, size, sync ?? panel.title, told), columnsOf(panel.traces), box);
  made.setScale("x", { min: from, max: to });
  return made;
}

function byKey(event: KeyboardEvent, { from, to, onZoom }: PlotProps): void {
  const length = to - from;
  const windows: Record<string, [number, number]> = {
    ArrowLeft: [from - length / 4, to - length / 4],
    ArrowRight: [from + length / 4, to + length / 4],
    "+": [from + length / 4, to - length / 4],
    "-": [from - length / 2, to + length / 2],
  };
  const wanted = windows[event.key];
  if (wanted === undefined || onZoom === undefined) return;
  event.preventDefault();
  onZoom(...wanted);
}
