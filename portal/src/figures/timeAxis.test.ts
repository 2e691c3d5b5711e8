import { describe, expect, it } from "vitest";
import { timeLabels, timeTicks } from "./timeAxis";

const utc = (text: string) => Date.parse(text) / 1000;
const iso = (ticks: number[]) => ticks.map((one) => new Date(one * 1000).toISOString().slice(0, 16));

describe("ticks", () => {
  it("stand at whole hours", () => {
    const ticks = timeTicks(utc("2016-04-13T01:30Z"), utc("2016-04-13T23:59Z"), 8);
    expect(iso(ticks).map((one) => one.slice(11))).toEqual(["03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00"]);
  });

  it("stand at days of each month, and at months and years", () => {
    expect(iso(timeTicks(utc("2016-03-25Z"), utc("2016-04-25Z"), 8)).map((one) => one.slice(5, 10))).toEqual([
      "03-26", "04-01", "04-06", "04-11", "04-16", "04-21",
    ]);
    expect(iso(timeTicks(utc("2015-11-05Z"), utc("2016-03-05Z"), 6)).map((one) => one.slice(0, 10))).toEqual([
      "2015-12-01", "2016-01-01", "2016-02-01", "2016-03-01",
    ]);
    expect(iso(timeTicks(utc("1913-01-01Z"), utc("2014-01-01Z"), 6)).map((one) => one.slice(0, 4))).toEqual([
      "1920", "1940", "1960", "1980", "2000",
    ]);
  });

  it("are no more than asked for, at any length", () => {
    for (let span = 0.5; span < 4e9; span *= 1.7)
      expect(timeTicks(1.4e9, 1.4e9 + span, 7).length, `${span} s`).toBeLessThanOrEqual(8);
  });
});

describe("labels", () => {
  it("tell the date where a new one begins", () => {
    const ticks = timeTicks(utc("2016-04-13T18:00Z"), utc("2016-04-14T06:00Z"), 5);
    expect(timeLabels(ticks)).toEqual(["18:00\n2016-04-13", "21:00", "00:00\n2016-04-14", "03:00", "06:00"]);
    expect(timeLabels([utc("2015-12-31Z"), utc("2016-01-01Z")])).toEqual(["2015-12-31", "2016-01-01"]);
    expect(timeLabels([utc("2016-03-01Z"), utc("2016-04-01Z")])).toEqual(["2016-03", "2016-04"]);
  });
});
