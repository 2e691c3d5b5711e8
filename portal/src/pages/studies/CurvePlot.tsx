import { useTranslation } from "react-i18next";
import { fixed } from "../../figures/numbers";
import { extent, height, linePath } from "../around/scale";
import type { Curve } from "./result";

const [WIDE, TALL, LEFT, BELOW] = [430, 190, 40, 32];

/** Mean residual by day around the earthquakes, and the band that holds 95 % of chance. */
export function CurvePlot(props: { curve: Curve; days: readonly [number, number] | undefined; variable: string; simulated: boolean }) {
  const { t } = useTranslation();
  const { curve, days } = props;
  const range = extent(curve.mean, curve.low, curve.high) ?? [-1, 1];
  const [first, last] = [curve.lag_day[0] ?? 0, curve.lag_day.at(-1) ?? 1];
  const x = (day: number) => LEFT + ((day - first) / Math.max(1, last - first)) * (WIDE - LEFT - 8);
  const y = (value: number) => 6 + height(value, range, TALL - BELOW - 6);
  const xs = curve.lag_day.map(x);
  return (
    <figure className={props.simulated ? "plot simulated" : "plot"}>
      <svg viewBox={`0 0 ${WIDE} ${TALL}`} role="img" aria-label={t("studies.curve.label", { variable: props.variable })}>
        {days && <rect className="tested" x={x(days[0] - 0.5)} width={x(days[1] + 0.5) - x(days[0] - 0.5)} y={6} height={TALL - BELOW - 6} />}
        <path className="band" d={bandOf(xs, curve, y)} />
        <line className="rule" x1={LEFT} x2={WIDE - 8} y1={y(0)} y2={y(0)} />
        <line className="quake" x1={x(0)} x2={x(0)} y1={6} y2={TALL - BELOW} />
        <path className="line" d={linePath(xs, curve.mean, y)} />
        {curve.mean.map((value, at) => {
          if (value === null) return null;
          return (
            <circle key={curve.lag_day[at]} cx={xs[at]} cy={y(value)} r={2}>
              <title>{`${t("around.day", { day: fixed(curve.lag_day[at], 0) })}: ${fixed(value, 2)} σ`}</title>
            </circle>
          );
        })}
        {[range[0], 0, range[1]].map((value) => (
          <text key={value} x={LEFT - 4} y={y(value) + 4} textAnchor="end">
            {fixed(value, 1)}
          </text>
        ))}
        {curve.lag_day.filter((day) => day % 5 === 0).map((day) => (
          <text key={day} x={x(day)} y={TALL - BELOW + 15} textAnchor="middle">
            {fixed(day, 0)}
          </text>
        ))}
        <text x={(LEFT + WIDE) / 2} y={TALL - 3} textAnchor="middle">
          {t("studies.curve.axis")}
        </text>
      </svg>
      <figcaption className="faint small">{t("studies.curve.caption", { variable: props.variable })}</figcaption>
    </figure>
  );
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
