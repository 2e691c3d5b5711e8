import { expect, it } from "vitest";
import { countsOf } from "./Quality";

it("counts flags over all variables, the commonest first", () => {
  const quality = { b_down: { values: 10, missing: 2 }, b_east: { values: 10, missing: 1, spike: 7, jump: 0 } };
  expect(countsOf(quality)).toEqual([["spike", 7], ["missing", 3]]);
  expect(countsOf({})).toEqual([]);
});
