/** What the page shows as one figure, for a file. */

import type { TFunction } from "i18next";
import { sentence } from "../../words/told";
import type { Schemas } from "../../api/client";
import { logRange } from "../../figures/heat";
import { type Panel, unitText } from "../../figures/panel";
import type { Range } from "../../figures/range";
import { imageAddress } from "../../figures/spectrogramImage";
import type { SpectrogramPanel } from "../../figures/spectrogramSvg";
import { figureSvg } from "../../figures/svg";
import { durationText } from "./chosen";
import type { Meaning } from "./variablePanels";

const IMAGE_LINES = 760;

/** A spectrogram as it was told, of which series, and what its variable means. */
interface Below {
  told: Schemas["Spectrogram"];
  name: string;
  meaning: Meaning | undefined;
}

interface Shown {
  panels: readonly Panel[];
  below: Below | undefined;
  from: number;
  to: number;
  /** What to cite, a line each. */
  cited: readonly string[];
}

/** The figure as SVG, with the spectrogram below the panels, how that was made, and what to cite. */
export function drawnFigure(t: TFunction, { panels, below, from, to, cited }: Shown): string {
  const spectrogram = below && spectrogramOf(t, below);
  const made = spectrogram === undefined ? [] : [`${t("series.spectrum")}: ${t("series.segments", { length: durationText(below?.told.segment_s ?? 0) })} · ${sentence(below?.told.method ?? "")}`];
  return figureSvg({
    panels,
    ...(spectrogram === undefined ? {} : { spectrogram }),
    from,
    to,
    notes: [...made, `${t("figures.drawn", { when: new Date().toISOString().slice(0, 10) })}:`, ...cited],
    words: { simulated: t("figures.simulated"), time: t("figures.time") },
  });
}

/** The panel; undefined where no power is known. */
function spectrogramOf(t: TFunction, { told, name, meaning }: Below): SpectrogramPanel | undefined {
  const powers = logRange(told.power);
  if (powers === undefined) return undefined;
  const ends = (edges: readonly (number | undefined)[]): Range => [edges[0] ?? 0, edges.at(-1) ?? 0];
  return {
    title: `${t("series.spectrum")} · ${name} ${meaning?.symbol ?? told.variable}`,
    axis: `${t("series.frequency")} [Hz] · ${t("figures.log")}`,
    bar: `${t("series.power")} [${unitText(told.units)}] · ${t("figures.log")}`,
    image: imageAddress(told, powers, IMAGE_LINES),
    times: ends(told.time_edges.map((one) => Date.parse(one) / 1000)),
    frequencies: ends(told.frequency_edges_hz),
    powers,
    simulated: told.simulated,
  };
}
