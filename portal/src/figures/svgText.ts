/** The page of a figure as SVG, and words on it. */

import { timeTicks } from "./timeAxis";

export const WIDTH = 1000;
export const LEFT = 84;
export const RIGHT = 16;
export const TALL = 190;
export const INK = "#14191d";
export const FAINT = "#414a52";
export const GRID = "#dde2e6";

/** From an instant to a place [px] across a figure. */
export function acrossOf({ from, to }: { from: number; to: number }): (time: number) => number {
  return (time) => LEFT + ((time - from) / (to - from)) * (WIDTH - LEFT - RIGHT);
}

const FREE_AT_END = 0.02;
const MOST_TICKS = 10;
const LINE_LETTERS = 165;

/** Where ticks of time stand; what stood at the end would be cut. */
export function ticksOf({ from, to }: { from: number; to: number }): number[] {
  return timeTicks(from, to - FREE_AT_END * (to - from), MOST_TICKS);
}

/** A note as lines that fit; Chinese letters are twice as wide. */
export function lines(note: string): string[] {
  const found = [""];
  let wide = 0;
  for (const word of note.split(/(?<=[ ，；、。])/)) {
    const own = [...word].reduce((sum, letter) => sum + (letter > "\u2e80" ? 2 : 1), 0);
    if (wide > 0 && wide + own > LINE_LETTERS) {
      found.push("");
      wide = 0;
    }
    found[found.length - 1] += word;
    wide += own;
  }
  return found.map((one) => one.trimEnd());
}

function escaped(said: string): string {
  return said.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** Words at a place. */
export function text(x: number, y: number, said: string, look: { fill?: string; size?: number; anchor?: string; turn?: boolean } = {}): string {
  const turn = look.turn === true ? ` transform="rotate(-90 ${x} ${y})"` : "";
  return `<text x="${x}" y="${y}" font-size="${look.size ?? 11}" fill="${look.fill ?? INK}" text-anchor="${look.anchor ?? "start"}"${turn}>${escaped(said)}</text>`;
}
