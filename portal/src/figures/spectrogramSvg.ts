/** A spectrogram as a panel of a figure in SVG: the image, its axes, and what the colours mean. */

import { viridis } from "../theme/maps";
import { powerText } from "./heat";
import { tickText } from "./panel";
import { powers, type Range } from "./range";
import { acrossOf, FAINT, LEFT, RIGHT, TALL, text, ticksOf, WIDTH } from "./svgText";

export interface SpectrogramPanel {
  title: string;
  /** What stands at the axis of frequencies, and at the bar of colours. */
  axis: string;
  bar: string;
  /** `data:` address of the image, whose rows are at equal steps of the frequency's logarithm. */
  image: string;
  /** What the image spans: seconds since 1970, Hz. */
  times: Range;
  frequencies: Range;
  /** Logarithms of the powers at the ends of the colours. */
  powers: Range;
  simulated: boolean;
}

const BAR = 160;
const END = 46;

/** The panel, whose top is at `top`, in a figure of that window. */
export function spectrogramSvg(panel: SpectrogramPanel, figure: { from: number; to: number }, top: number, simulated: string): string {
  const x = acrossOf(figure);
  const [left, right] = [x(panel.times[0]), x(panel.times[1])];
  const frame = `x="${LEFT}" y="${top}" width="${WIDTH - LEFT - RIGHT}" height="${TALL}"`;
  const image = `<image href="${panel.image}" x="${left.toFixed(2)}" y="${top}" width="${(right - left).toFixed(2)}" height="${TALL}" preserveAspectRatio="none" image-rendering="pixelated"/>`;
  const down = ticksOf(figure).map((one) => `<path d="M${x(one).toFixed(1)} ${top + TALL}v4" stroke="${FAINT}"/>`);
  return (
    `<clipPath id="clip${top}"><rect ${frame}/></clipPath>${text(LEFT, top - 8, panel.title, { size: 12 })}${barSvg(panel, top)}` +
    `<g clip-path="url(#clip${top})">${image}${panel.simulated ? `<rect ${frame} fill="url(#hatch)"/>` : ""}</g>` +
    `<rect ${frame} fill="none" stroke="${FAINT}" stroke-width="0.75"/>${ticksSvg(panel, top)}${down.join("")}` +
    `${panel.simulated ? markSvg(simulated, top) : ""}${text(14, top + TALL / 2, panel.axis, { anchor: "middle", turn: true, fill: FAINT })}`
  );
}

/** Powers of ten at the axis of frequencies. */
function ticksSvg({ frequencies }: SpectrogramPanel, top: number): string {
  const [low, high] = [Math.log10(frequencies[0]), Math.log10(frequencies[1])];
  return powers(frequencies).map((one) => {
    const y = top + TALL - ((Math.log10(one) - low) / (high - low)) * TALL;
    return `<path d="M${LEFT - 4} ${y.toFixed(1)}h4" stroke="${FAINT}"/>${text(LEFT - 6, y + 4, tickText(one, true, 1), { anchor: "end" })}`;
  }).join("");
}

/** The colours from the least to the greatest power, above the panel at its right. */
function barSvg({ bar, powers }: SpectrogramPanel, top: number): string {
  const stops = viridis.map((colour, at) => `<stop offset="${(at / (viridis.length - 1)).toFixed(4)}" stop-color="${colour}"/>`);
  const left = WIDTH - RIGHT - END - BAR;
  return (
    `<linearGradient id="powers${top}">${stops.join("")}</linearGradient>` +
    `<rect x="${left}" y="${top - 17}" width="${BAR}" height="10" fill="url(#powers${top})"/>` +
    `${text(left - 6, top - 8, `${bar}  ${powerText(powers[0])}`, { anchor: "end", fill: FAINT })}${text(left + BAR + 6, top - 8, powerText(powers[1]), { fill: FAINT })}`
  );
}

/** The word that tells simulated values from observed ones, on a ground of its own. */
function markSvg(word: string, top: number): string {
  const wide = [...word].reduce((sum, letter) => sum + (letter > "\u2e80" ? 12 : 8), 8);
  return `<rect x="${WIDTH - RIGHT - wide - 4}" y="${top + 4}" width="${wide}" height="15" fill="#ffffff" fill-opacity="0.9"/>${text(WIDTH - RIGHT - 8, top + 15, word, { anchor: "end", fill: FAINT })}`;
}
