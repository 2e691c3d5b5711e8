import type { Schemas } from "../../api/client";
import { whole } from "../../figures/numbers";
import { useTold } from "../../words/told";

/** How final values are, in words. */
export function Maturity({ words }: { words: string }) {
  const told = useTold();
  const each = words.split(",").map((word) => word.trim()).filter((word) => word !== "");
  return each.map((word) => told(`finality.${word.toLowerCase().replaceAll(/[ _]/g, "-")}`, word).text).join(" · ");
}

/** Which flags stand against how many values, of all variables together. */
export function Flags({ quality }: { quality: Schemas["Granule"]["quality"] }) {
  const told = useTold();
  const counts = countsOf(quality);
  return counts.map(([flag, count]) => `${told(`flags.${flag}`, flag.replaceAll("_", " ")).text} ${whole(count)}`).join(" · ") || "–";
}

/** Beside the flags it is told how many values there are. */
const ALL = "values";

/** How many values have each flag, the commonest first. */
export function countsOf(quality: Schemas["Granule"]["quality"]): [string, number][] {
  const counts = new Map<string, number>();
  for (const flags of Object.values(quality)) {
    for (const [flag, count] of Object.entries(flags)) if (flag !== ALL) counts.set(flag, (counts.get(flag) ?? 0) + count);
  }
  return [...counts].filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a);
}
