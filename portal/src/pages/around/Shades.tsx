import { across, type Span } from "./scale";
import type { Shading } from "./shading";

/** The shading behind one row, and the line of the earthquake. */
export function Shades(props: {
  shading: Shading;
  station: string;
  span: Span;
  width: number;
  tall: number;
  quake: number | undefined;
}) {
  const { shading, span, width, tall, quake } = props;
  const rect = (one: Span, kind: string, key: string, top = 0, high = tall) => {
    const [left, right] = [Math.max(0, across(one.start, span, width)), Math.min(width, across(one.stop, span, width))];
    return right > left && <rect key={key} className={kind} x={left} y={top} width={right - left} height={high} />;
  };
  const without = shading.without.get(shading.without.has(props.station) ? props.station : "overhead") ?? [];
  return (
    <g aria-hidden="true">
      {shading.storms.map((one) => rect(one, "storm", `s${one.start}`))}
      {without.map((one) => rect(one, "without", `w${one.start}`, tall - 4, 4))}
      {shading.tested && rect(shading.tested, "tested", "t")}
      {shading.postEvent && rect(shading.postEvent, "post", "p")}
      {quake !== undefined && quake >= span.start && quake < span.stop && (
        <line className="quake" x1={across(quake, span, width)} x2={across(quake, span, width)} y1={0} y2={tall} />
      )}
    </g>
  );
}
