import { expect, it } from "vitest";
import { liveWindow, pauseBetween } from "./liveWindow";

const NOW = Date.UTC(2016, 3, 13, 13, 55, 17);

it("ends now while values come, and with the last value of a silent series", () => {
  expect(liveWindow("2016-04-13T12:00:00Z", NOW)).toEqual({ start: "2016-04-12T13:56:00Z", stop: "2016-04-13T13:56:00Z" });
  expect(liveWindow("2016-03-01T23:59:00Z", NOW)).toEqual({ start: "2016-03-01T00:00:00Z", stop: "2016-03-02T00:00:00Z" });
});

it("asks no more often than values come, nor than each minute, and not at all of a silent series", () => {
  expect(pauseBetween("2016-04-13T12:00:00Z", 1, NOW)).toBe(60_000);
  expect(pauseBetween("2016-04-13T12:00:00Z", 3600, NOW)).toBe(3_600_000);
  expect(pauseBetween("2016-04-13T12:00:00Z", undefined, NOW)).toBe(60_000);
  expect(pauseBetween("2016-04-01T12:00:00Z", 60, NOW)).toBeUndefined();
});
