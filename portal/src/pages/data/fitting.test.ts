import { expect, test } from "vitest";
import { among, type Collection, fitting, OF_THE_ARCHIVE } from "./fitting";

const NONE = { q: "", domain: "", member: "", access: "" };

function made(collection_id: string, provider: string, access: string, variables: string[]): Collection {
  return {
    collection_id, domain: collection_id.split(".")[0] ?? "", providers: [provider], access, variables,
    shape: "series", platform: "kak", cadence: "PT1H", level: "L1", start: "", last: "", granules: 1, count: 1,
    simulated: false, owner: provider, licence: "", citation: "A. Author, 2020", embargo_until: null, version: "",
  };
}

const ALL = [
  made("geomagnetism.kak.pt1h", "JPN", "open", ["b_north", "b_east"]),
  made("space_weather.kp.pt3h", "", "open", ["kp"]),
  made("geomagnetism.mmb.pt1h", "JPN", "members", ["b_north"]),
];

test("every word must occur, in whatever part", () => {
  const found = (q: string) => fitting(ALL, { ...NONE, q }).map((one) => one.collection_id);
  expect(found("b_north pt1h")).toEqual(["geomagnetism.kak.pt1h", "geomagnetism.mmb.pt1h"]);
  expect(found("AUTHOR kp ")).toEqual(["space_weather.kp.pt3h"]);
  expect(found("b_north kp")).toEqual([]);
});

test("conditions narrow together, and the archive's own can be asked for", () => {
  expect(fitting(ALL, { ...NONE, domain: "geomagnetism", access: "open" })).toHaveLength(1);
  expect(fitting(ALL, { ...NONE, member: OF_THE_ARCHIVE })).toEqual([ALL[1]]);
  expect(fitting(ALL, NONE)).toHaveLength(3);
});

test("what one can choose from is what there is", () => {
  expect(among(ALL, (one) => one.providers)).toEqual(["", "JPN"]);
});
