import { describe, expect, it } from "vitest";
import { dayOf, isoOf, momentAtFirst, nearest, stepped, timeText } from "./moments";

const NOW = Date.UTC(2026, 10, 22, 9, 33, 12);

describe("the moment at first", () => {
  it("is now where something has just come", () => {
    const held = [{ shape: "field", last: "2026-11-21T22:00:00Z" }];
    expect(momentAtFirst(held, NOW)).toEqual({ at: Date.UTC(2026, 10, 22, 9, 30), ended: false });
  });

  it("is the end of maps and tracks where they ended long ago, whatever indices go on", () => {
    const held = [
      { shape: "series", last: "2016-05-01T21:00:00Z" },
      { shape: "field", last: "2016-04-30T22:02:00Z" },
      { shape: "track", last: "2016-04-29T17:58:23Z" },
    ];
    expect(momentAtFirst(held, NOW)).toEqual({ at: Date.UTC(2016, 3, 30, 22), ended: true });
  });

  it("is the end of series, or of earthquakes, where there is nothing else; now where there is nothing", () => {
    expect(momentAtFirst([{ shape: "series", last: "2016-04-30T23:59:00Z" }], NOW).at).toBe(Date.UTC(2016, 3, 30, 23, 55));
    expect(momentAtFirst([{ shape: "events", last: "2016-04-30T20:30:39Z" }], NOW).at).toBe(Date.UTC(2016, 3, 30, 20, 30));
    expect(momentAtFirst([], NOW).at).toBe(stepped(NOW));
  });
});

describe("times", () => {
  it("are written as people and the API have them", () => {
    expect(isoOf(NOW)).toBe("2026-11-22T09:33:12Z");
    expect(timeText(NOW)).toBe("2026-11-22 09:33");
    expect(dayOf(NOW)).toBe(Date.UTC(2026, 10, 22));
  });

  it("nearest to one are found, and not those that are too far", () => {
    expect(nearest([0, 100, 200], 140, 60)).toBe(1);
    expect(nearest([0, 100, 200], 160, 60)).toBe(2);
    expect(nearest([0, 100], 400, 60)).toBeUndefined();
    expect(nearest([], 400, 60)).toBeUndefined();
  });
});
