/** Forms from JSON schemas: what a field is, what it may hold, and what it holds unless told otherwise. */

export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string;
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  title?: string;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  prefixItems?: Schema[];
  minItems?: number;
  maxItems?: number;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  discriminator?: { propertyName: string; mapping?: Record<string, string> };
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  /** What the archive holds that may be named here. */
  holds?: Holds;
}

/** Collections of a shape that hold a variable, or methods that make daily values. */
export interface Holds {
  shape?: string;
  variable?: string;
  cadence?: string;
  method?: "daily";
  /** Name of the field beside this one whose method's parameters these are. */
  parameters_of?: string;
}

export type Value = unknown;
export type Table = Record<string, Value>;

/** A schema with its reference followed and a single `allOf` merged; what stands beside a reference goes before it. */
export function resolved(schema: Schema, root: Schema): Schema {
  const { $ref, allOf, ...own } = schema;
  const name = $ref?.replace("#/$defs/", "");
  const target = name === undefined ? (allOf?.length === 1 ? allOf[0] : undefined) : root.$defs?.[name];
  return target === undefined ? schema : { ...resolved(target, root), ...own };
}

/** The schema without null, and whether null is allowed. */
export function withoutNull(schema: Schema, root: Schema): { schema: Schema; nullable: boolean } {
  const plain = resolved(schema, root);
  const others = plain.anyOf?.filter((one) => one.type !== "null");
  if (plain.anyOf === undefined || others === undefined || others.length === plain.anyOf.length) return { schema: plain, nullable: false };
  const { anyOf: _, ...own } = plain;
  const [only] = others;
  return { schema: others.length === 1 && only ? { ...resolved(only, root), ...own } : { ...own, anyOf: others }, nullable: true };
}

/** One of several tables, told apart by the value of one key; undefined for anything else. */
export function alternatives(schema: Schema, root: Schema): { key: string; of: Map<string, Schema> } | undefined {
  const key = schema.discriminator?.propertyName;
  const several = schema.oneOf ?? schema.anyOf;
  if (key === undefined || several === undefined) return undefined;
  const of = new Map<string, Schema>();
  for (const one of several) {
    const table = resolved(one, root);
    const word = table.properties?.[key] && resolved(table.properties[key], root).const;
    if (typeof word === "string") of.set(word, table);
  }
  return { key, of };
}

/** What a field holds unless told otherwise: its default, else the emptiest value of its kind, null for a number. */
export function usual(schema: Schema, root: Schema): Value {
  if (schema.default !== undefined) return structuredClone(schema.default);
  const { schema: plain, nullable } = withoutNull(schema, root);
  if (plain.default !== undefined) return structuredClone(plain.default);
  if (nullable) return null;
  if (plain.const !== undefined) return plain.const;
  const several = alternatives(plain, root);
  if (several !== undefined) {
    const first = [...several.of.values()][0];
    return first === undefined ? {} : usual(first, root);
  }
  if (plain.enum !== undefined) return plain.enum[0];
  return emptiest(plain, root);
}

function emptiest(schema: Schema, root: Schema): Value {
  if (schema.type === "object") return tableOf(schema, root);
  if (schema.type === "array") return emptiestList(schema, root);
  if (isNumber(schema)) return null;
  if (schema.type === "boolean") return false;
  return "";
}

/** As many items as there must be; of numbers none, since nobody can know which. */
function emptiestList(schema: Schema, root: Schema): Value[] {
  const items = itemsOf(schema, root);
  return isNumber(items) ? [] : Array.from({ length: schema.minItems ?? 0 }, () => usual(items, root));
}

/** True for what holds a number. */
export function isNumber(schema: Schema): boolean {
  return schema.type === "number" || schema.type === "integer";
}

/** True for what holds fields of its own. */
export function isTable(schema: Schema, root: Schema): boolean {
  return schema.type === "object" || alternatives(schema, root) !== undefined;
}

/** What a list holds. */
export function itemsOf(schema: Schema, root: Schema): Schema {
  return resolved(schema.items ?? schema.prefixItems?.[0] ?? {}, root);
}

/** A table with the usual value of each of its fields. */
export function tableOf(schema: Schema, root: Schema): Table {
  const entries = Object.entries(schema.properties ?? {});
  return Object.fromEntries(entries.map(([name, field]) => [name, usual(field, root)]));
}

/** A value with every field that it lacks as it usually is, so that a form has something to show. */
export function completed(value: Value, schema: Schema, root: Schema): Value {
  if (value === undefined) return usual(schema, root);
  const { schema: plain } = withoutNull(schema, root);
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  const several = alternatives(plain, root);
  const table = several === undefined ? plain : several.of.get(String((value as Table)[several.key]));
  const fields = Object.entries(table?.properties ?? {});
  const whole = fields.map(([name, field]) => [name, completed((value as Table)[name], field, root)]);
  return { ...value, ...Object.fromEntries(whole) };
}

/** The usual table of another alternative, with the values of those fields that are alike in both. */
export function changedTo(next: Schema, before: Schema | undefined, value: Table, root: Schema): Table {
  const alike = ([name, field]: [string, Schema]) =>
    field.const === undefined && value[name] !== undefined && JSON.stringify(before?.properties?.[name]) === JSON.stringify(field);
  const kept = Object.entries(next.properties ?? {}).filter(alike);
  return { ...tableOf(next, root), ...Object.fromEntries(kept.map(([name]) => [name, value[name]])) };
}

/** What is wrong with a text; undefined where nothing is. */
export function wrongText(text: string, schema: Schema): "missing" | "form" | undefined {
  const { minLength = 0, maxLength = Infinity, pattern } = schema;
  if (text === "" && (minLength > 0 || pattern !== undefined)) return "missing";
  const length = [...text].length;
  const fits = pattern === undefined || new RegExp(pattern, "u").test(text);
  return length >= minLength && length <= maxLength && fits ? undefined : "form";
}

/** A number that a text spells within the schema's bounds; undefined where it spells none such. */
export function numberOf(text: string, schema: Schema): number | undefined {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value) || (schema.type === "integer" && !Number.isInteger(value))) return undefined;
  const above = value >= (schema.minimum ?? -Infinity) && value > (schema.exclusiveMinimum ?? -Infinity);
  const below = value <= (schema.maximum ?? Infinity) && value < (schema.exclusiveMaximum ?? Infinity);
  return above && below ? value : undefined;
}

/** The bounds of a number in words of mathematics, "" where it has none. */
export function boundsOf(schema: Schema): string {
  const low = schema.minimum !== undefined ? `≥ ${schema.minimum}` : schema.exclusiveMinimum !== undefined ? `> ${schema.exclusiveMinimum}` : "";
  const high = schema.maximum !== undefined ? `≤ ${schema.maximum}` : schema.exclusiveMaximum !== undefined ? `< ${schema.exclusiveMaximum}` : "";
  return [low, high].filter((one) => one !== "").join(", ");
}

/** The numbers that a text spells between commas, as many as the schema wants; undefined where it spells none such. */
export function numbersOf(text: string, schema: Schema, items: Schema): number[] | undefined {
  const found = text.trim() === "" ? [] : text.split(",").map((part) => numberOf(part, items));
  const enough = found.length >= (schema.minItems ?? 0) && found.length <= (schema.maxItems ?? Infinity);
  return enough && found.every((one) => one !== undefined) ? (found as number[]) : undefined;
}

/** A field's name as a label: `min_magnitude` is Min magnitude. */
export function labelOf(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
