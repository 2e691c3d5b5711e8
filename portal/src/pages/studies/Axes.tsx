/** The room of a small figure [px]: its size, and what is left free of it for the axes' words. */
export interface Room {
  wide: number;
  tall: number;
  left: number;
  below: number;
  above: number;
}

/** Values along an axis: where each stands, and how it is written. */
interface Ticks {
  at: readonly number[];
  place: (value: number) => number;
  written: (value: number) => string;
}

/** The words at both axes of a small figure. */
export function Axes(props: { room: Room; x: Ticks; y: Ticks; title: string }) {
  const { room, x, y } = props;
  const { wide, tall, left, below } = room;
  return (
    <>
      {y.at.map((value) => (
        <text key={`y ${value}`} x={left - 4} y={y.place(value) + 4} textAnchor="end">
          {y.written(value)}
        </text>
      ))}
      {x.at.map((value) => (
        <text key={`x ${value}`} x={x.place(value)} y={tall - below + 15} textAnchor="middle">
          {x.written(value)}
        </text>
      ))}
      <text x={(left + wide) / 2} y={tall - 3} textAnchor="middle">
        {props.title}
      </text>
    </>
  );
}
