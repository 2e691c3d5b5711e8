import { useTranslation } from "react-i18next";
import { fixed, percent } from "../../figures/numbers";
import { linePath } from "../around/scale";
import { Axes, type Room } from "./Axes";
import type { PowerCurve } from "./result";

const ROOM: Room = { wide: 360, tall: 150, left: 46, below: 32, above: 8 };
const POWERS = [0, 0.5, 0.8, 1];
const ENOUGH = 0.8;

/** Power against the size of a signal, linear axes; the line is the power at which an effect counts as detectable. */
export function PowerPlot(props: { curves: readonly PowerCurve[] }) {
  const { t } = useTranslation();
  const sizes = props.curves.flatMap((one) => one.points.map((point) => point.size_sigma));
  const most = Math.max(...sizes, 1);
  const x = (size: number) => ROOM.left + (size / most) * (ROOM.wide - ROOM.left - 8);
  const y = (power: number) => ROOM.above + (1 - power) * (ROOM.tall - ROOM.below - ROOM.above);
  const written = (size: number) => fixed(size, size % 1 === 0 ? 0 : 1);
  return (
    <figure className="plot">
      <svg viewBox={`0 0 ${ROOM.wide} ${ROOM.tall}`} width={ROOM.wide} height={ROOM.tall} role="img" aria-label={t("studies.power.label")}>
        {POWERS.map((power) => (
          <line key={power} className={power === ENOUGH ? "rule strong" : "rule"} x1={ROOM.left} x2={ROOM.wide - 8} y1={y(power)} y2={y(power)} />
        ))}
        <Axes
          room={ROOM}
          x={{ at: [...new Set(sizes)].filter((size) => size === 0 || size >= most / 8), place: x, written }}
          y={{ at: POWERS, place: y, written: (power) => percent(power) }}
          title={t("studies.power.size")}
        />
        {props.curves.map((curve, at) => (
          <PowerLine key={curve.share_of_events} curve={curve} dashed={at > 0} x={x} y={y} />
        ))}
      </svg>
      <figcaption className="faint small">
        {t("studies.power.caption", { shares: props.curves.map((one) => percent(one.share_of_events)).join(", ") })}
      </figcaption>
    </figure>
  );
}

function PowerLine(props: { curve: PowerCurve; dashed: boolean; x: (size: number) => number; y: (power: number) => number }) {
  const { x, y } = props;
  const { points } = props.curve;
  return (
    <g>
      <path
        className="line"
        strokeDasharray={props.dashed ? "5 3" : undefined}
        d={linePath(points.map((one) => x(one.size_sigma)), points.map((one) => one.power), y)}
      />
      {points.map((one) => (
        <circle key={one.size_sigma} cx={x(one.size_sigma)} cy={y(one.power)} r={2.5}>
          <title>{`${one.size_sigma} σ: ${percent(one.power)}`}</title>
        </circle>
      ))}
    </g>
  );
}
