import { describe, expect, it } from "vitest";
import { alternatives, boundsOf, completed, numberOf, resolved, type Schema, tableOf, usual, withoutNull } from "./schema";

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
    expect(usual({ type: "array", prefixItems: [{ type: "integer" }, { type: "integer", minimum: 3 }] }, ROOT)).toEqual([0, 3]);
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
});
