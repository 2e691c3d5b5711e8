/** Marks of stations: the shape is the kind of station, the filling its health, so that both can be told without colour. */

export type Shape = "triangle" | "diamond" | "square" | "circle";
export type Health = "good" | "gaps" | "silent" | "none";

/** The shape of a domain's stations; of others a circle. */
const SHAPES: Record<string, Shape> = { geomagnetism: "triangle", ionosphere: "diamond", seismology: "square" };

export const GOOD = 0.9;

/** The shape that stands for a domain. */
export function shapeOf(domain: string): Shape {
  return SHAPES[domain] ?? "circle";
}

/** Health of completeness: values on no day is silent, below nine in ten has gaps, undefined of no series at all. */
export function healthOf(completeness: number | undefined, days: number): Health {
  if (completeness === undefined) return "none";
  if (days === 0) return "silent";
  return completeness >= GOOD ? "good" : "gaps";
}

const CORNERS: Record<Exclude<Shape, "circle">, readonly (readonly [number, number])[]> = {
  triangle: [[0, -0.95], [0.95, 0.75], [-0.95, 0.75]],
  diamond: [[0, -1], [1, 0], [0, 1], [-1, 0]],
  square: [[-0.8, -0.8], [0.8, -0.8], [0.8, 0.8], [-0.8, 0.8]],
};

interface Colours {
  ink: string;
  ground: string;
}

/** A mark drawn on a canvas: full where the health is good, its lower half where there are gaps, crossed where silent. */
export function glyph(shape: Shape, health: Health, colours: Colours, radius = 6, ratio = window.devicePixelRatio): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  const side = 2 * (radius + 2);
  [canvas.width, canvas.height] = [Math.ceil(side * ratio), Math.ceil(side * ratio)];
  const pen = canvas.getContext("2d");
  if (pen === null) return canvas;
  pen.scale(ratio, ratio);
  pen.translate(side / 2, side / 2);
  const size = health === "none" ? radius / 2 : radius;
  outline(pen, shape, size);
  pen.fillStyle = health === "good" ? colours.ink : colours.ground;
  pen.fill();
  if (health === "gaps") fillLower(pen, shape, size, colours.ink);
  if (health === "silent") cross(pen, size, colours.ink);
  outline(pen, shape, size);
  pen.lineWidth = health === "none" ? 1 : 1.6;
  pen.strokeStyle = health === "good" ? colours.ground : colours.ink;
  pen.stroke();
  return canvas;
}

function outline(pen: CanvasRenderingContext2D, shape: Shape, size: number): void {
  pen.beginPath();
  if (shape === "circle") pen.arc(0, 0, 0.9 * size, 0, 2 * Math.PI);
  else for (const [x, y] of CORNERS[shape]) pen.lineTo(x * size, y * size);
  pen.closePath();
}

function fillLower(pen: CanvasRenderingContext2D, shape: Shape, size: number, ink: string): void {
  pen.save();
  outline(pen, shape, size);
  pen.clip();
  pen.fillStyle = ink;
  pen.fillRect(-size, shape === "triangle" ? size * 0.1 : 0, 2 * size, 2 * size);
  pen.restore();
}

function cross(pen: CanvasRenderingContext2D, size: number, ink: string): void {
  pen.beginPath();
  pen.moveTo(-size, -size);
  pen.lineTo(size, size);
  pen.lineWidth = 1.6;
  pen.strokeStyle = ink;
  pen.stroke();
}
