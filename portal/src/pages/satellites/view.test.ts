import { expect, it } from "vitest";
import { centreOf } from "./view";

it("a centre is two numbers that are a place", () => {
  expect(centreOf("23.8,90.4")).toEqual({ latitude: 23.8, longitude: 90.4 });
  expect(centreOf(" -12 , -77 ")).toEqual({ latitude: -12, longitude: -77 });
  for (const none of ["", "23.8", "23.8,", "x,y", "91,0", "0,181", "1,2,3"]) expect(centreOf(none)).toBeUndefined();
});
