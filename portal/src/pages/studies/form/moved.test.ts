import { describe, expect, it } from "vitest";
import { moved } from "./moved";

describe("rows", () => {
  it("move by one place, and none is lost", () => {
    expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
    expect(moved(["a", "b", "c"], 2, 1)).toEqual(["a", "c", "b"]);
  });
});
