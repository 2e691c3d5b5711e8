import { expect, it } from "vitest";
import type { Answer } from "../../figures/trace";
import { centred, citations, type Meaning, panelsOf, type Told, usuallyLog } from "./variablePanels";

const MEANINGS = new Map<string, Meaning>([
  ["b", { symbol: "B", units: "nT", meaning: "field", plausible: [-1e5, 1e5] }],
  ["ne", { symbol: "Ne", units: "m-3", meaning: "electron density", plausible: [0, 1e14] }],
]);
const LOOK = { theme: "light", flagged: true, switched: [], centred: false, words: { log: "log", linear: "linear", centred: "median" } } as const;

function told(collection: string, variable: string, values: number[]): Told {
  const rows = values.map((one, at): (string | number)[] => [new Date(at * 60_000).toISOString(), one, 0]);
  const columns = [{ name: "time" }, { name: variable, units: variable === "ne" ? "m-3" : "nT" }, { name: `${variable}_quality` }];
  const answer: Answer = { collection_id: collection, version: `${collection}@T`, columns, rows };
  return { chosen: { id: `${collection}/${variable}`, collection, variable, station: undefined, provider: undefined }, name: collection, simulated: false, answer };
}

it("puts series of one variable together", () => {
  const panels = panelsOf([told("a", "b", [1, 2]), told("a", "ne", [1e11, 1e12]), told("c", "b", [3, 4])], MEANINGS, LOOK);
  expect(panels.map((one) => [one.variable, one.traces.length, one.log, one.axis])).toEqual([
    ["b", 2, false, "B [nT] · linear"],
    ["ne", 1, true, "Ne [m⁻³] · log"],
  ]);
  expect(panels[0]?.range).toEqual([1 - 0.18, 4 + 0.18]);
});

it("switches an axis, and knows which is usually logarithmic", () => {
  const [panel] = panelsOf([told("a", "ne", [1e11])], MEANINGS, { ...LOOK, switched: ["ne"] });
  expect(panel?.axis).toBe("Ne [m⁻³] · linear");
  expect(["b", "ne"].map((one) => usuallyLog(MEANINGS.get(one)))).toEqual([false, true]);
  expect(usuallyLog(undefined)).toBe(false);
});

it("cites each version once", () => {
  const answer = { ...told("a", "b", [1]).answer, citation: "Kakioka (2016)", licence: "CC-BY-4.0" };
  expect(citations([answer, answer])).toEqual(["Kakioka (2016). CC-BY-4.0. a@T"]);
});

it("takes each series' median away where levels are to be compared, and says so", () => {
  const [panel] = panelsOf([told("a", "b", [1, 2, 9]), told("c", "b", [103, 101, 102])], MEANINGS, { ...LOOK, centred: true });
  expect(panel?.axis).toBe("B − median [nT] · linear");
  expect(panel?.traces.map((one) => one.line.y)).toEqual([[-1, 0, 7], [1, -1, 0]]);
  const line = { x: [0], y: [5], doubtfulX: [0], doubtfulY: [7], count: 2, doubtful: 1, step: 1, decimated: false };
  expect(centred(line).doubtfulY).toEqual([2]);
});

it("draws Kp as bars over its whole range", () => {
  const [panel] = panelsOf([told("space", "kp", [1, 6])], MEANINGS, { ...LOOK, centred: true });
  expect([panel?.range, panel?.traces[0]?.bars, panel?.traces[0]?.stormFrom, panel?.traces[0]?.line.y]).toEqual([[0, 9], true, 5, [1, 6]]);
});
