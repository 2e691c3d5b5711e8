import { useTranslation } from "react-i18next";
import { fixed } from "../../figures/numbers";
import { extent, height, linePath } from "../around/scale";
import { Axes, type Room } from "./Axes";
import type { Curve } from "./result";

const ROOM: Room = { wide: 430, tall: 196, left: 46, below: 32, above: 12 };
const BOTTOM = ROOM.tall - ROOM.below;

/** Mean residual by day around the earthquakes, and the band that holds 95 % of chance. */
export function CurvePlot(props: { curve: Curve; days: readonly [number, number] | undefined; variable: string; simulated: boolean }) {
  const { t } = useTranslation();
  const { curve, days, variable } = props;
  const range = extent(curve.mean, curve.low, curve.high) ?? [-1, 1];
  const [first, last] = [curve.lag_day[0] ?? 0, curve.lag_day.at(-1) ?? 1];
  const x = (day: number) => ROOM.left + ((day - first) / Math.max(1, last - first)) * (ROOM.wide - ROOM.left - 8);
  const y = (value: number) => ROOM.above + height(value, range, BOTTOM - ROOM.above);
  const xs = curve.lag_day.map(x);
  return (
    <figure className="plot">
      <svg
        viewBox={`0 0 ${ROOM.wide} ${ROOM.tall}`}
        role="img"
        aria-label={t("studies.curve.label", { variable })}
        className={props.simulated ? "simulated" : undefined}
      >
        {days && <rect className="tested" x={x(days[0] - 0.5)} width={x(days[1] + 0.5) - x(days[0] - 0.5)} y={ROOM.above} height={BOTTOM - ROOM.above} />}
        <path className="band" d={bandOf(xs, curve, y)} />
        <line className="rule" x1={ROOM.left} x2={ROOM.wide - 8} y1={y(0)} y2={y(0)} />
        <line className="quake" x1={x(0)} x2={x(0)} y1={ROOM.above} y2={BOTTOM} />
        <path className="line" d={linePath(xs, curve.mean, y)} />
        <Days curve={curve} xs={xs} y={y} />
        <Axes
          room={ROOM}
          x={{ at: curve.lag_day.filter((day) => day % 5 === 0), place: x, written: (day) => fixed(day, 0) }}
          y={{ at: [range[0], 0, range[1]], place: y, written: (value) => `${fixed(value, 1)} σ` }}
          title={t("studies.curve.axis")}
        />
      </svg>
      <figcaption className="faint small">{t("studies.curve.caption", { variable })}</figcaption>
    </figure>
  );
}

/** A dot a day, which tells its value. */
function Days(props: { curve: Curve; xs: readonly number[]; y: (value: number) => number }) {
  const { t } = useTranslation();
  const { curve, xs, y } = props;
  return curve.mean.map((value, at) => {
    if (value === null) return null;
    return (
      <circle key={curve.lag_day[at]} cx={xs[at]} cy={y(value)} r={2}>
        <title>{`${t("around.day", { day: fixed(curve.lag_day[at], 0) })}: ${fixed(value, 2)} σ`}</title>
      </circle>
    );
  });
}

/** The outline of the band, where both of its edges are known. */
function bandOf(xs: readonly number[], curve: Curve, y: (value: number) => number): string {
  const upper: string[] = [];
  const lower: string[] = [];
  xs.forEach((x, at) => {
    const [low, high] = [curve.low[at] ?? null, curve.high[at] ?? null];
    if (low === null || high === null) return;
    upper.push(`${x.toFixed(1)} ${y(high).toFixed(1)}`);
    lower.unshift(`${x.toFixed(1)} ${y(low).toFixed(1)}`);
  });
  return upper.length === 0 ? "" : `M${[...upper, ...lower].join("L")}Z`;
}
