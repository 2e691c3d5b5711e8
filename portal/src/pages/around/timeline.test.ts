import { describe, expect, it } from "vitest";
import { bucketsOf } from "./decimated";
import { ratesOf, runsOf } from "./marks";
import { anythingOverhead, type Count, seriesRows, toggled, variablesOf } from "./rows";
import { across, bandPath, extent, height, instantAt, linePath, relativeDay, spanOf, ticks } from "./scale";
import { shadingOf, stormsOf } from "./shading";

const APRIL = spanOf("2016-04-01T00:00:00Z", "2016-04-11T00:00:00Z");

describe("the axis of time", () => {
  it("puts instants in their place, and back", () => {
    expect(across(Date.parse("2016-04-06T00:00:00Z"), APRIL, 1000)).toBe(500);
    expect(new Date(instantAt(100, APRIL, 1000)).toISOString()).toBe("2016-04-02T00:00:00.000Z");
  });

  it("labels whole days, as many as there is room for", () => {
    expect(ticks(APRIL, 900).map((one) => one.label)).toEqual(Array.from({ length: 10 }, (_, day) => `2016-04-${String(day + 1).padStart(2, "0")}`));
    expect(ticks(APRIL, 400).map((one) => one.label)).toEqual(["2016-04-01", "2016-04-03", "2016-04-05", "2016-04-07", "2016-04-09"]);
  });

  it("counts days from the origin time: day 0 begins with it, day -1 ends there", () => {
    const quake = Date.parse("2016-04-13T13:55:17Z");
    expect([quake, quake - 1, quake + 86_400_000, quake - 86_400_000].map((time) => relativeDay(time, quake))).toEqual([0, -1, 1, -1]);
  });
});

describe("drawings", () => {
  it("leave a gap where there is one", () => {
    const stroke = (x: number) => ({ x, top: 1, bottom: 3 });
    expect(bandPath([stroke(0), stroke(1), undefined, stroke(3)])).toBe("M0.0 1.0L0.0 3.0L1.0 1.0L1.0 3.0M3.0 1.0L3.0 3.0");
    expect(linePath([0, 1, 2, 3], [1, null, 3, 4], (value) => value)).toBe("M0.0 1.0M2.0 3.0L3.0 4.0");
  });

  it("scale by what is known, and not at all where nothing is", () => {
    expect(extent([null, 10], [20, null])).toEqual([9.6, 20.4]);
    expect(extent([null], [])).toBeUndefined();
    expect([height(0, [0, 10], 50), height(10, [0, 10], 50)]).toEqual([50, 0]);
  });
});

describe("decimated values", () => {
  it("are found by their columns' names, doubtful ones apart", () => {
    const names = ["time", "f_min", "f_max", "f_doubtful_min", "f_doubtful_max"];
    const found = bucketsOf(
      { collection_id: "c", version: "c@T", columns: names.map((name) => ({ name, units: "nT" })), rows: [["2016-04-01T00:00:00Z", 1, 2, null, null], ["2016-04-01T01:00:00Z", null, null, 9, 9.5]] },
      "f",
    );
    expect(found).toMatchObject({ version: "c@T", units: "nT", least: [1, null], greatest: [2, null], doubtfulGreatest: [null, 9.5] });
    expect(found.time[1]).toBe(Date.parse("2016-04-01T01:00:00Z"));
  });
});

describe("marks", () => {
  const time = ["00", "01", "02", "03", "04"].map((hour) => `2016-04-01T${hour}:00:00Z`);

  it("of intervals that follow each other on one side are one; what is unknown is no mark", () => {
    const runs = runsOf({ time, outside: [1, 2, -1, null, 3] }, 3_600_000);
    expect(runs.map((one) => [(one.stop - one.start) / 3_600_000, one.above])).toEqual([[2, true], [1, false], [1, true]]);
  });

  it("never stand without the rate on noise", () => {
    const null_rate = { value: 0.39, n: 20000, noise: "white", seed: 0 };
    expect(ratesOf({ n_marked: 3, n_judged: 10, null_rate })).toEqual({ marked: 3, judged: 10, share: 0.3, ofNoise: 0.39 });
    expect(ratesOf({ n_marked: 0, n_judged: 0, null_rate }).share).toBeNull();
  });
});

describe("rows", () => {
  const count = (collection_id: string, shape: string, variables: string[], distance_km: number | null): Count => ({
    collection_id, shape, variables, distance_km, platform: collection_id, cadence: "PT1M", granules: 1, count: 1, exact: true,
    first: "", last: "", bytes: 1, simulated: false, context: false, licence: "", citation: "", version: "", latitude: null, longitude: null,
  });
  const counts = [count("far", "series", ["b_down", "b_horizontal"], 900), count("near", "series", ["b_down"], 5), count("sat", "track", ["b_total"], null)];

  it("are the series, the nearest first, each by the chosen variable or by its own", () => {
    expect(seriesRows(counts, "", []).map((one) => [one.collection_id, one.variable])).toEqual([["near", "b_down"], ["far", "b_horizontal"]]);
    expect(seriesRows(counts, "b_down", ["near"]).map((one) => [one.collection_id, one.variable])).toEqual([["far", "b_down"]]);
    expect(variablesOf(counts)).toEqual(["b_horizontal", "b_down"]);
  });

  it("know whether anything is overhead", () => {
    expect([anythingOverhead(counts, []), anythingOverhead(counts, ["sat"])]).toEqual([true, false]);
    expect([toggled(["a"], "a"), toggled(["a"], "b")]).toEqual([[], ["a", "b"]]);
  });
});

describe("shading", () => {
  const day = (start: string, stop: string, vetoed: boolean) => ({ start, stop, vetoed, max_kp: 1, min_rc: null });
  const days = [day("2016-04-01", "2016-04-02", true), day("2016-04-02", "2016-04-03", true), day("2016-04-03", "2016-04-04", false), day("2016-04-04", "2016-04-05", true)];

  it("takes vetoed days that follow each other as one storm", () => {
    expect(stormsOf({ days }).map((one) => (one.stop - one.start) / 86_400_000)).toEqual([2, 1]);
  });

  it("shows what is switched on alone", () => {
    expect(shadingOf({ storms: false, controls: false }, { days }, undefined)).toMatchObject({ storms: [], tested: undefined });
  });
});
