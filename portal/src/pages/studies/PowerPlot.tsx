import { useTranslation } from "react-i18next";
import { fixed, percent } from "../../figures/numbers";
import { linePath } from "../around/scale";
import type { PowerCurve } from "./result";

const [WIDE, TALL, LEFT, BELOW] = [360, 150, 46, 32];

/** Power against the size of a signal, linear axes; the line is the power at which an effect counts as detectable. */
export function PowerPlot(props: { curves: readonly PowerCurve[] }) {
  const { t } = useTranslation();
  const sizes = props.curves.flatMap((one) => one.points.map((point) => point.size_sigma));
  const most = Math.max(...sizes, 1);
  const x = (size: number) => LEFT + (size / most) * (WIDE - LEFT - 8);
  const y = (power: number) => 8 + (1 - power) * (TALL - BELOW - 8);
  return (
    <figure className="plot">
      <svg viewBox={`0 0 ${WIDE} ${TALL}`} width={WIDE} height={TALL} role="img" aria-label={t("studies.power.label")}>
        {[0, 0.5, 0.8, 1].map((power) => (
          <g key={power}>
            <line className={power === 0.8 ? "rule strong" : "rule"} x1={LEFT} x2={WIDE - 8} y1={y(power)} y2={y(power)} />
            <text x={LEFT - 4} y={y(power) + 4} textAnchor="end">
              {percent(power)}
            </text>
          </g>
        ))}
        {[...new Set(sizes)].filter((size) => size === 0 || size >= most / 8).map((size) => (
          <text key={size} x={x(size)} y={TALL - BELOW + 16} textAnchor="middle">
            {fixed(size, size % 1 === 0 ? 0 : 1)}
          </text>
        ))}
        <text x={(LEFT + WIDE) / 2} y={TALL - 3} textAnchor="middle">
          {t("studies.power.size")}
        </text>
        {props.curves.map((curve, at) => (
          <g key={curve.share_of_events}>
            <path
              className="line"
              strokeDasharray={at === 0 ? undefined : "5 3"}
              d={linePath(curve.points.map((one) => x(one.size_sigma)), curve.points.map((one) => one.power), y)}
            />
            {curve.points.map((one) => (
              <circle key={one.size_sigma} cx={x(one.size_sigma)} cy={y(one.power)} r={2.5}>
                <title>{`${one.size_sigma} σ: ${percent(one.power)}`}</title>
              </circle>
            ))}
          </g>
        ))}
      </svg>
      <figcaption className="faint small">
        {t("studies.power.caption", { shares: props.curves.map((one) => percent(one.share_of_events)).join(", ") })}
      </figcaption>
    </figure>
  );
}
