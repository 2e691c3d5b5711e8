import { useTranslation } from "react-i18next";
import { fixed, minute } from "../../figures/numbers";
import type { Surroundings } from "./asked";
import { across, relativeDay, type Span, ticks } from "./scale";

const TALL = 56;
const QUAKES = 14;
const LABEL_PX = 66;

/** Dates, days relative to the earthquake, and the earthquakes of the place. */
export function Axis(props: {
  span: Span;
  width: number;
  quake: number | undefined;
  earthquakes: Surroundings["earthquakes"];
}) {
  const { t } = useTranslation();
  const { span, width, quake } = props;
  const most = Math.max(...props.earthquakes.map((one) => one.magnitude ?? 0), 0);
  return (
    <div className="trow axis">
      <div className="label">
        <span className="name">{t("around.earthquakes")}</span>
        <span className="faint small">UTC{quake === undefined ? "" : ` · ${t("around.relative")}`}</span>
      </div>
      <div className="plot" style={{ height: TALL }}>
        <svg width={width} height={TALL} role="img" aria-label={t("around.earthquakesLabel", { count: props.earthquakes.length })}>
          {props.earthquakes.map((one) => (
            <circle
              key={one.event_id}
              className="event"
              cx={across(Date.parse(one.time), span, width)}
              cy={QUAKES}
              r={Math.max(2, 11 - 3 * (most - (one.magnitude ?? 0)))}
            >
              <title>{`M ${fixed(one.magnitude, 1)} ${one.place} ${minute(one.time)}`}</title>
            </circle>
          ))}
          <line className="rule" x1={0} x2={width} y1={28} y2={28} />
          {ticks(span, width).map((tick) => {
            const x = across(tick.time, span, width);
            const at = x > width - LABEL_PX ? { x: x - 2, textAnchor: "end" as const } : { x: x + 2 }; // else it would be cut
            return (
              <g key={tick.time}>
                <line className="rule" x1={x} x2={x} y1={28} y2={32} />
                <text {...at} y={42}>
                  {tick.label}
                </text>
                {quake !== undefined && (
                  <text className="faint" {...at} y={54}>
                    {t("around.day", { day: fixed(relativeDay(tick.time, quake), 0) })}
                  </text>
                )}
              </g>
            );
          })}
        </svg>
      </div>
      <div className="beside" />
    </div>
  );
}
