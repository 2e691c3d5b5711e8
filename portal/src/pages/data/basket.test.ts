import { expect, test } from "vitest";
import { allOf, parsed, share } from "./basket";

const YEAR = { collection_id: "geomagnetism.kak.pt1h", start: "2016-01-01T00:00:00Z", last: "2016-12-31T00:00:00Z" };

test("all of a collection ends past its last time, for windows are half-open", () => {
  expect(allOf(YEAR)).toEqual({
    collection_id: "geomagnetism.kak.pt1h",
    start: "2016-01-01T00:00:00Z",
    stop: "2016-12-31T00:00:01.000Z",
    variables: [],
  });
});

test("a share is the part of the span that the window covers", () => {
  const half = { ...allOf(YEAR), stop: "2016-07-01T12:00:00Z" };
  expect(share(half, YEAR)).toBeCloseTo(182.5 / 365, 6);
  expect(share(allOf(YEAR), YEAR)).toBe(1);
  expect(share({ ...allOf(YEAR), start: "2018-01-01", stop: "2019-01-01" }, YEAR)).toBe(0);
  expect(share({ ...allOf(YEAR), start: "nonsense" }, YEAR)).toBe(0);
});

test("what is kept by others is no basket", () => {
  expect(parsed("{")).toEqual([]);
  expect(parsed('{"a":1}')).toEqual([]);
  expect(parsed('[1, {"collection_id":"a","start":"b","stop":"c","variables":[]}]')).toHaveLength(1);
  expect(parsed(null)).toEqual([]);
});
