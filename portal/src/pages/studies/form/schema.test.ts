import { describe, expect, it } from "vitest";
import { alternatives, boundsOf, changedTo, completed, numberOf, numbersOf, resolved, type Schema, tableOf, usual, withoutNull, wrongText } from "./schema";

const ROOT: Schema = {
  $defs: {
    Span: { type: "object", properties: { start: { type: "string" }, days: { type: "integer", default: 15, minimum: 5 } } },
    Running: { type: "object", properties: { kind: { const: "running" }, window_days: { type: "integer", default: 15 } } },
    Past: { type: "object", properties: { kind: { const: "past" }, indices: { type: "string" } } },
  },
};

describe("a form made of a schema", () => {
  it("follows references, what stands beside them going first", () => {
    expect(resolved({ $ref: "#/$defs/Span", description: "own" }, ROOT)).toMatchObject({ type: "object", description: "own" });
    expect(resolved({ allOf: [{ $ref: "#/$defs/Span" }], title: "A" }, ROOT)).toMatchObject({ type: "object", title: "A" });
  });

  it("knows what may be left out", () => {
    const found = withoutNull({ anyOf: [{ type: "number", minimum: 0 }, { type: "null" }], default: null }, ROOT);
    expect(found).toEqual({ schema: { type: "number", minimum: 0, default: null }, nullable: true });
    expect(withoutNull({ type: "string" }, ROOT).nullable).toBe(false);
  });

  it("tells tables apart by the value of one key", () => {
    const several = { oneOf: [{ $ref: "#/$defs/Running" }, { $ref: "#/$defs/Past" }], discriminator: { propertyName: "kind" } };
    expect([...(alternatives(several, ROOT)?.of.keys() ?? [])]).toEqual(["running", "past"]);
    expect(usual(several, ROOT)).toEqual({ kind: "running", window_days: 15 });
  });

  it("begins with the defaults, and copies them", () => {
    expect(tableOf(ROOT.$defs?.["Span"] as Schema, ROOT)).toEqual({ start: "", days: 15 });
    const shared: Schema = { type: "array", default: [1] };
    (usual(shared, ROOT) as number[]).push(2);
    expect(shared.default).toEqual([1]);
  });

  it("leaves to the reader what nobody can know: numbers are empty, a list has the rows that it must have", () => {
    expect(usual({ type: "integer", minimum: 3 }, ROOT)).toBeNull();
    expect(usual({ type: "array", minItems: 2, maxItems: 2, prefixItems: [{ type: "integer" }, { type: "integer" }] }, ROOT)).toEqual([]);
    expect(usual({ type: "array", minItems: 1, items: { $ref: "#/$defs/Span" } }, ROOT)).toEqual([{ start: "", days: 15 }]);
    expect(usual({ type: "array", items: { $ref: "#/$defs/Span" } }, ROOT)).toEqual([]);
  });

  it("completes what a declaration leaves out, and changes nothing of it", () => {
    const several = { oneOf: [{ $ref: "#/$defs/Running" }, { $ref: "#/$defs/Past" }], discriminator: { propertyName: "kind" } };
    const whole: Schema = { type: "object", properties: { background: several, span: { $ref: "#/$defs/Span" }, own: { type: "array" } } };
    expect(completed({ background: { kind: "past" }, own: [1] }, whole, ROOT)).toEqual({
      background: { kind: "past", indices: "" },
      span: { start: "", days: 15 },
      own: [1],
    });
    const box: Schema = { anyOf: [{ $ref: "#/$defs/Span" }, { type: "null" }], default: null };
    expect([completed(null, box, ROOT), completed(undefined, box, ROOT)]).toEqual([null, null]);
  });

  it("takes numbers within their bounds alone", () => {
    const schema: Schema = { type: "integer", minimum: 5, exclusiveMaximum: 60 };
    expect(["5", "59", "60", "4", "7.5", "", "x"].map((text) => numberOf(text, schema))).toEqual([5, 59, ...Array(5).fill(undefined)]);
    expect(boundsOf(schema)).toBe("≥ 5, < 60");
  });

  it("keeps what two alternatives have alike when one is changed to the other", () => {
    const kind = (word: string): Schema => ({ const: word });
    const one: Schema = { type: "object", properties: { kind: kind("a"), title: { type: "string" }, days: { type: "integer", default: 3 } } };
    const other: Schema = { type: "object", properties: { kind: kind("b"), title: { type: "string" }, days: { type: "integer", default: 9 } } };
    expect(changedTo(other, one, { kind: "a", title: "T", days: 4 }, ROOT)).toEqual({ kind: "b", title: "T", days: 9 });
  });

  it("takes as many numbers as there may be", () => {
    const [two, some, any]: Schema[] = [{ minItems: 2, maxItems: 2 }, { minItems: 1 }, {}];
    const share: Schema = { type: "number", exclusiveMinimum: 0, maximum: 1 };
    expect(numbersOf("-30, 15", two as Schema, { type: "integer" })).toEqual([-30, 15]);
    expect([numbersOf("1", two as Schema, { type: "integer" }), numbersOf("", some as Schema, share), numbersOf("1, 2", some as Schema, share)]).toEqual([
      undefined, undefined, undefined,
    ]);
    expect(numbersOf(" ", any as Schema, share)).toEqual([]);
  });

  it("takes names in their form alone", () => {
    const name: Schema = { type: "string", pattern: String.raw`^[a-z0-9_]+(\.[a-z0-9_-]+){2,}(@[0-9TZ:.+-]+)?$` };
    expect(["", "geomagnetism.kak", "geomagnetism.kak.pt1h", "geomagnetism.kak.pt1h@2026-01-01T00:00:00Z"].map((one) => wrongText(one, name))).toEqual([
      "missing", "form", undefined, undefined,
    ]);
    expect([wrongText("ab", { minLength: 3 }), wrongText("地磁场", { minLength: 3 }), wrongText("", {})]).toEqual(["form", undefined, undefined]);
  });
});
