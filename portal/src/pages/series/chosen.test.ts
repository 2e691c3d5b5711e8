import { expect, it } from "vitest";
import type { Schemas } from "../../api/client";
import { cadenceSeconds, choicesOf, chosenAmong, chosenOf, durationText, fitting, instantText, nameOf, ofProvider, usualWindow, wholeWindow } from "./chosen";

function collection(part: Partial<Schemas["Collection"]>): Schemas["Collection"] {
  return {
    collection_id: "geomagnetism.kak.pt1m", shape: "series", domain: "geomagnetism", platform: "kak", cadence: "PT1M", level: "L1",
    variables: ["b_north", "b_down"], start: "2016-01-01T00:00:00Z", last: "2016-03-31T23:59:00Z", granules: 3, count: 10,
    simulated: false, providers: [], owner: "", access: "open", licence: "", citation: "", embargo_until: null, version: "x@T", ...part,
  };
}

it("names each variable and platform of a collection, and reads what it wrote", () => {
  const found = choicesOf([collection({}), collection({ collection_id: "c", platform: "abc, def", variables: ["v"] }), collection({ collection_id: "f", shape: "field" })]);
  expect(found.map((one) => one.id)).toEqual(["geomagnetism.kak.pt1m/b_north", "geomagnetism.kak.pt1m/b_down", "c/v/abc", "c/v/def"]);
  expect(chosenOf("c/v/def")).toEqual({ id: "c/v/def", collection: "c", variable: "v", station: "def", provider: undefined });
  expect([chosenOf("c/v")?.station, chosenOf("c"), chosenOf("")]).toEqual([undefined, undefined, undefined]);
});

it("takes what several handed in as one, or one member's alone", () => {
  const all = choicesOf([collection({ collection_id: "c", variables: ["v"], providers: ["", "CHN"] })]);
  const [both, chinese, own] = chosenAmong(all, ["c/v", "c/v//CHN", "c/v//", "c/v//PAK", "c/v"]);
  expect([both, chinese, own].map((one) => one?.provider)).toEqual([undefined, "CHN", ""]);
  expect(chosenAmong(all, ["c/v//PAK", "d/v"])).toEqual([]);
  expect([both, chinese, own].map((one) => one && nameOf(one, "archive"))).toEqual(["KAK", "KAK · CHN", "KAK · archive"]);
  expect(ofProvider(all[0] as (typeof all)[number], "CHN").id).toBe("c/v//CHN");
  expect(ofProvider(chinese as (typeof all)[number], undefined).id).toBe("c/v");
});

it("keeps apart what is held in two kinds under one name: each is asked for by its provider", () => {
  const kinds = [collection({ collection_id: "c", variables: ["v"], providers: ["CHN"] }), collection({ collection_id: "c", variables: ["v"], providers: [""], simulated: true })];
  expect(choicesOf(kinds).map((one) => [one.id, one.simulated, one.united])).toEqual([["c/v//CHN", false, false], ["c/v//", true, false]]);
  expect(chosenAmong(choicesOf(kinds), ["c/v"])).toEqual([]);
});

it("takes tracks of satellites too, a day of them at first, their platform named or not", () => {
  const all = choicesOf([collection({ collection_id: "t", shape: "track", platform: "cses_01", variables: ["ne"] })]);
  expect(all.map((one) => [one.id, one.shape, one.name])).toEqual([["t/ne", "track", "CSES_01"]]);
  expect(chosenAmong(all, ["t/ne/cses_01"]).map((one) => [one.id, one.station])).toEqual([["t/ne/cses_01", undefined]]);
  expect(usualWindow(all)).toEqual({ start: "2016-03-31", stop: "2016-04-01" });
});

it("finds by words in any order, and by what a variable means", () => {
  const choices = choicesOf([collection({})]);
  const words = (name: string) => (name === "b_down" ? "Z downwards" : "X");
  expect(fitting(choices, "DOWNwards kak", words).map((one) => one.variable)).toEqual(["b_down"]);
  expect(fitting(choices, "", words)).toHaveLength(2);
  expect(fitting(choices, "nowhere", words)).toEqual([]);
});

it("shows the last 30 days first, and all on demand", () => {
  const choices = choicesOf([collection({})]);
  expect(usualWindow(choices)).toEqual({ start: "2016-03-02", stop: "2016-04-01" });
  expect(wholeWindow(choices)).toEqual({ start: "2016-01-01", stop: "2016-03-31T23:59:01Z" });
  expect(usualWindow([])).toBeUndefined();
});

it("writes instants as finely as the window needs, and durations as people do", () => {
  expect(instantText(Date.UTC(2016, 3, 13, 13, 55, 17, 250))).toBe("2016-04-13T13:55:17Z");
  expect(instantText(Date.UTC(2016, 3, 13, 13, 55, 17, 250), 1000)).toBe("2016-04-13T13:55:17.250Z");
  expect(["PT1S", "PT1M", "PT3H", "P1D", "PT0.02S", "", "PT1M,PT1H"].map(cadenceSeconds)).toEqual([1, 60, 10_800, 86_400, 0.02, undefined, undefined]);
  expect([90, 150, 21_600, 1_036_800, 43.3333].map(durationText)).toEqual(["90 s", "2.5 min", "6 h", "12 d", "43.3 s"]);
});
