import { expect, it } from "vitest";
import type { Schemas } from "../../api/client";
import { stationMarks, withSilent } from "./stationMarks";

const row = (platform: string, part: Partial<Schemas["Health"]>): Schemas["Health"] => ({
  collection_id: `geomagnetism.${platform}.pt1m`, provider: "", platform, code_scheme: "iaga_code", code: platform.toUpperCase(),
  latitude: null, longitude: null, first_day: "2016-04-07", days: 7, days_with_values: 7, last_seen: "2016-04-13T23:59:00Z",
  completeness: 1, flagged: 0, latency_s: null, noise: {}, ...part,
});
const station = (code: string): Schemas["Station"] => ({
  code, code_scheme: "iaga_code", latitude: 36.2, longitude: 140.2, height_m: null, name: `Station ${code}`, region: "", place_grade: "",
});
const collection = (id: string, domain: string): Schemas["Collection"] => ({
  collection_id: id, shape: "series", domain, platform: "", cadence: "", level: "", variables: [], start: "", last: "", granules: 1,
  count: 1, simulated: id.includes(".x"), providers: [], owner: "", access: "", licence: "", citation: "", embargo_until: null, version: "",
});

it("series of one station are one mark, at its listed place, with the mean of their completeness", () => {
  const rows = [row("kak", { completeness: 0.6 }), row("kak", { collection_id: "geomagnetism.kak.pt1s" })];
  const [mark, ...more] = stationMarks(rows, [station("KAK")], [collection("geomagnetism.kak.pt1m", "geomagnetism")]);
  expect(more).toEqual([]);
  expect(mark).toMatchObject({ code: "KAK", place: [140.2, 36.2], domain: "geomagnetism", health: "gaps" });
  expect(mark?.completeness).toBeCloseTo(0.8);
});

it("a series that tells its own place needs no list, one of no place is left out", () => {
  const own = row("xb1", { latitude: 23.8, longitude: 90.4, code: "" });
  const marks = stationMarks([own, row("abg", {})], [], [collection("geomagnetism.xb1.pt1m", "geomagnetism")]);
  expect(marks.map((one) => one.code)).toEqual(["XB1"]);
  expect(marks[0]).toMatchObject({ place: [90.4, 23.8], health: "good", simulated: true });
});

it("no value in the week is silent, no series at all is none", () => {
  const rows = [row("kak", { days_with_values: 0, completeness: 0 })];
  const marks = stationMarks(rows, [station("KAK"), station("GUA")], []);
  expect(marks.map((one) => [one.code, one.health])).toEqual([["GUA", "none"], ["KAK", "silent"]]);
});

it("a series without a value in the days is silent in them", () => {
  const ever = [row("kak", {}), row("gua", { last_seen: "2013-12-31T23:00:00Z" })];
  const rows = withSilent([row("kak", { completeness: 0.5 })], ever, 7);
  expect(rows.map((one) => [one.platform, one.completeness, one.days_with_values])).toEqual([["kak", 0.5, 7], ["gua", 0, 0]]);
  expect(rows[1]?.last_seen).toBe("2013-12-31T23:00:00Z");
});
