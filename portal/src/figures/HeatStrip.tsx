import { type PointerEvent, useEffect, useRef } from "react";
import { type ColourMap, colourAt } from "../theme/maps";
import "./heat-strip.css";

/** A row of cells in colours of a map, 0 … 1; what is null stays clear. The cell under the pointer is told in words. */
export function HeatStrip(props: {
  shares: readonly (number | null)[];
  map: ColourMap;
  label: string;
  tell: (at: number) => string;
  tall?: number;
}) {
  const place = useRef<HTMLCanvasElement>(null);
  const { shares, map } = props;
  useEffect(() => {
    const ctx = place.current?.getContext("2d");
    if (!ctx) return;
    const pixels = new ImageData(Math.max(1, shares.length), 1);
    shares.forEach((share, at) => {
      if (share !== null) pixels.data.set([...colourAt(map, share), 255], at * 4);
    });
    ctx.putImageData(pixels, 0, 0);
  }, [shares, map]);
  const point = (event: PointerEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const at = Math.floor(((event.clientX - box.left) / box.width) * shares.length);
    event.currentTarget.title = props.tell(Math.min(shares.length - 1, Math.max(0, at)));
  };
  return (
    <canvas ref={place} className="heat-strip" width={Math.max(1, shares.length)} height={1} role="img" aria-label={props.label}
      style={{ height: props.tall ?? 16 }} onPointerMove={point} />
  );
}

/** What a colour map means: its ends in words, low to high. */
export function MapLegend(props: { map: ColourMap; ends: readonly string[] }) {
  const shares = Array.from({ length: 64 }, (_, at) => at / 63);
  return (
    <span className="row small faint map-legend">
      {props.ends[0]}
      <HeatStrip shares={shares} map={props.map} label={props.ends.join(" – ")} tell={() => props.ends.join(" – ")} tall={10} />
      {props.ends[1]}
    </span>
  );
}
