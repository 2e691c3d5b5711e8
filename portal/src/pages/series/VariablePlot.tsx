import { memo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { figures, fixed, second, whole } from "../../figures/numbers";
import { Plot } from "../../figures/Plot";
import { unitText } from "../../figures/panel";
import { durationText } from "./chosen";
import "./variable-plot.css";
import type { VariablePanel } from "./variablePanels";

/** A variable's panel with its legend, which tells the values at the cursor, and the switch of its axis. */
export const VariablePlot = memo(function VariablePlot(props: {
  panel: VariablePanel;
  from: number;
  to: number;
  height?: number;
  onZoom?: (from: number, to: number) => void;
  onSwitch?: () => void;
}) {
  const { t } = useTranslation();
  const { panel, from, to } = props;
  const readout = useRef<HTMLSpanElement>(null);
  const now = panel.log ? t("series.log") : t("series.linear");
  const symbol = panel.title.split(" · ")[0] ?? panel.variable;
  const show = (at: number | undefined) => {
    if (readout.current !== null) readout.current.textContent = at === undefined ? "" : readoutOf(panel, at, unitText(panel.units));
  };
  const instants = { from: second(new Date(from * 1000).toISOString()), to: second(new Date(to * 1000).toISOString()) };
  const summary = t("series.summary", { title: panel.title, ...instants, traces: panel.traces.map((one) => one.label).join(", ") });
  return (
    <section className="variable">
      <header className="row">
        <h2>{panel.title}</h2>
        {props.onSwitch !== undefined && (
          <button type="button" className="plain small" onClick={props.onSwitch} title={t("series.scale", { name: symbol, now })}>{now}</button>
        )}
        <span ref={readout} className="small readout" aria-hidden="true" />
      </header>
      {panel.range === undefined && <p className="waiting" style={{ minHeight: props.height ?? 190 }}>{t("series.none")}</p>}
      {panel.range !== undefined && <Plot panel={panel} from={from} to={to} height={props.height ?? 190} sync="series" summary={summary}
        onCursor={show} {...(props.onZoom === undefined ? {} : { onZoom: props.onZoom })} />}
      <ul className="legend small">
        {panel.traces.map((one, at) => (
          <li key={at}>
            <svg width="26" height="8" aria-hidden="true"><line x1="0" y1="4" x2="26" y2="4" stroke={one.colour} strokeWidth="2" strokeDasharray={one.dash.join(" ")} /></svg>
            <span className={one.simulated ? "simulated" : undefined}>{one.label}{one.simulated ? ` · ${t("figures.simulated")}` : ""}</span>
            <span className="faint">
              {t("series.values", { count: one.line.count, shown: whole(one.line.count) })}
              {one.line.decimated && ` · ${t("series.every", { step: durationText(one.line.step) })}`}
            </span>
            {one.line.doubtful > 0 && <span className="flagged">× {t("series.flaggedCount", { count: one.line.doubtful })}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
});

/** Each trace's value at or before an instant, as long as no gap lies between. */
function readoutOf(panel: VariablePanel, at: number, unit: string): string {
  const values = panel.traces.map(({ label, line }) => {
    let [low, high] = [0, line.x.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((line.x[middle] as number) <= at) low = middle + 1;
      else high = middle;
    }
    const [value, place] = [line.y[low - 1], line.places?.[low - 1]];
    const where = place ? ` (${fixed(place[0], 1)}°, ${fixed(place[1], 1)}°)` : "";
    return `${label} ${value === null || value === undefined ? "–" : `${figures(value)} ${unit}`.trim()}${where}`;
  });
  return `${second(new Date(at * 1000).toISOString())}  ${values.join("   ")}`;
}
