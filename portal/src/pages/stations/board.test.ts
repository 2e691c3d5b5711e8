import { expect, it } from "vitest";
import type { Schemas } from "../../api/client";
import { cellsOf, datesBetween, dayAfter, type Days, median, ordered, rowsOf, shareOf } from "./board";

function health(part: Partial<Schemas["Health"]>): Schemas["Health"] {
  return {
    collection_id: "c", provider: "", platform: "kak", code_scheme: "iaga_code", code: "KAK", latitude: null, longitude: null,
    first_day: "2016-04-01", days: 30, days_with_values: 30, last_seen: "2016-04-03T23:00:00Z", completeness: 1, flagged: 0,
    latency_s: 60, noise: {}, ...part,
  };
}

const DAYS: Days = {
  collection_id: "c", provider: "", platform: "kak", code_scheme: "iaga_code", code: "KAK", since: "2016-04-01",
  days: ["2016-04-01", "2016-04-03"], expected: [24, 24], present: [24, 12], flagged: [0, 6], latency_s: [60, 3600], noise: { b: [1, 3] },
};
const schemeOf = (code: string) => (code === "ABC" ? "iaga_code" : undefined);
const DATES = datesBetween("2016-03-31", "2016-04-04");

it("counts dates, over months' ends and leap days", () => {
  expect(DATES).toEqual(["2016-03-31", "2016-04-01", "2016-04-02", "2016-04-03"]);
  expect([dayAfter("2016-02-28"), dayAfter("2016-04-01", -1)]).toEqual(["2016-02-29", "2016-03-31"]);
});

it("puts each day at its date, and leaves out those without values", () => {
  const cells = cellsOf(DAYS, DATES);
  expect(cells.map((one) => one?.present)).toEqual([undefined, 24, undefined, 12]);
  expect(cells[3]?.noise).toBe(3 / 2);
});

it("counts days without values from the first day of the series on", () => {
  const [row] = rowsOf([health({})], [DAYS], DATES, schemeOf);
  expect(row?.completeness).toBe(36 / 72);
  expect([row?.flagged, row?.latency, row?.code]).toEqual([6 / 36, 1830, "KAK"]);
});

it("keeps series without a day in the window, and one that names no station by its platform", () => {
  const [row] = rowsOf([health({ collection_id: "d", platform: "xyz", code_scheme: "", code: "" })], [DAYS], DATES, schemeOf);
  expect([row?.scheme, row?.code, row?.completeness, row?.latency]).toEqual(["platform", "XYZ", 0, null]);
  const [listed] = rowsOf([health({ platform: "abc", code_scheme: "", code: "" })], [], DATES, schemeOf);
  expect(listed?.scheme).toBe("iaga_code");
});

it("gives each figure its place on the colour map", () => {
  const day = { present: 12, expected: 24, flagged: 6, latency: 60, noise: 4 };
  expect(shareOf(day, "completeness")).toBe(0.5);
  expect(shareOf(day, "flagged")).toBe(1);
  expect(shareOf({ ...day, latency: 30 * 86_400 }, "latency")).toBe(1);
  expect(shareOf(day, "latency")).toBe(0);
  expect(shareOf({ ...day, noise: 1 }, "noise")).toBe(0.5);
  expect(shareOf(day, "noise")).toBe(1);
  expect(shareOf({ ...day, noise: null }, "noise")).toBeNull();
  expect(shareOf(null, "completeness")).toBeNull();
});

it("orders rows", () => {
  const rows = rowsOf([health({ code: "B", collection_id: "b" }), health({ code: "A", collection_id: "a", last_seen: "2015-01-01T00:00:00Z" })], [], DATES, schemeOf);
  expect(ordered(rows, "silent").map((one) => one.code)).toEqual(["A", "B"]);
  expect(ordered(rows, "name").map((one) => one.code)).toEqual(["A", "B"]);
  expect([median([]), median([3, 1, 2]), median([1, 2])]).toEqual([null, 2, 1.5]);
});
