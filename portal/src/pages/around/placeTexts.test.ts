import { expect, it } from "vitest";
import { meant, NOTHING, textsOf } from "./placeTexts";
import { editAddress, namesPlace, regionIn, regionPart, VIEW, type View } from "./view";
import { readAddress } from "../../address";

const viewOf = (query: string): View => readAddress(VIEW, query) as View;

it("fields mean a region when all of them are there and right", () => {
  const circle = { ...NOTHING, latitude: "23.1", longitude: "-0", radius: "50" };
  expect(meant(circle, "circle")).toEqual({ kind: "circle", centre: [-0, 23.1], km: 50 });
  expect([meant(NOTHING, "circle"), meant({ ...circle, latitude: "91" }, "circle"), meant(circle, "box")]).toEqual([undefined, undefined, undefined]);
  expect(meant({ ...NOTHING, west: "170", south: "-5", east: "-170", north: "5" }, "box")).toEqual({ kind: "box", west: 170, south: -5, east: -170, north: 5 });
  expect(textsOf(meant(circle, "circle"))).toMatchObject({ latitude: "23.1", radius: "50" });
  expect(textsOf(undefined)).toEqual({});
});

it("the address names a circle, a box or neither", () => {
  expect(regionIn(viewOf("near=23.1,94.9&radius_km=500"))).toEqual({ kind: "circle", centre: [94.9, 23.1], km: 500 });
  expect(regionIn(viewOf("box=170,-5,-170,5"))).toEqual({ kind: "box", west: 170, south: -5, east: -170, north: 5 });
  for (const none of ["", "near=23.1,94.9", "radius_km=500", "near=x,y&radius_km=5", "near=1,2,3&radius_km=5"]) expect(regionIn(viewOf(none))).toBeUndefined();
  expect(regionPart({ kind: "circle", centre: [94.9, 23.1], km: 500 })).toEqual({ near: "23.1,94.9", radius_km: 500, box: "" });
  expect(regionPart(undefined)).toEqual({ near: "", radius_km: undefined, box: "" });
});

it("a whole place is looked at, unless it is being changed", () => {
  const whole = "box=170,-5,-170,5&start=2016-04-01&stop=2016-04-02";
  expect([whole, `${whole}&edit=1`, "box=170,-5,-170,5", "near=1,2&start=2016-04-01&stop=2016-04-02"].map((one) => namesPlace(viewOf(one)))).toEqual([true, false, false, false]);
  const address = editAddress(viewOf(whole));
  expect(namesPlace(viewOf(address.split("?")[1] ?? ""))).toBe(false);
  expect(regionIn(viewOf(address.split("?")[1] ?? ""))).toBeDefined();
});
