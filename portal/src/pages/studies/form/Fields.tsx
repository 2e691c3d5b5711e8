import { createContext, useContext } from "react";
import { useTranslation } from "react-i18next";
import { ChosenList, Chooser } from "./Chooser";
import { NumberField, NumbersField } from "./NumberField";
import { alternatives, labelOf, resolved, type Schema, type Table, tableOf, usual, type Value, withoutNull } from "./schema";
import { useParametersOf } from "./known";

/** The schema that references point into. */
export const Root = createContext<Schema>({});

/** A field, or a table of fields, of any schema. */
export function Field(props: { name: string; schema: Schema; value: Value; beside: Table; change: (value: Value) => void }) {
  const root = useContext(Root);
  const { schema, nullable } = withoutNull(props.schema, root);
  const { name, value } = props;
  if (schema.const !== undefined) return <Fixed name={name} schema={schema} />;
  if (schema.holds?.parameters_of !== undefined) return <Parameters {...props} schema={schema} />;
  if (nullable && isTable(schema, root)) return <Optional {...props} schema={schema} />;
  if (alternatives(schema, root) !== undefined) return <Alternative {...props} schema={schema} />;
  if (schema.type === "object") return <Fields name={name} schema={schema} value={value as Table} change={props.change} />;
  return <Labelled {...props} schema={schema} nullable={nullable} />;
}

/** What can be one thing alone; where nothing is said of it, it only tells tables apart. */
function Fixed(props: { name: string; schema: Schema }) {
  const { name, schema } = props;
  if (schema.description === undefined) return null;
  return (
    <p className="help">
      {labelOf(name)}: <strong>{String(schema.const)}</strong>. {schema.description}
    </p>
  );
}

function isTable(schema: Schema, root: Schema): boolean {
  return schema.type === "object" || alternatives(schema, root) !== undefined;
}

/** A table of fields under its name. */
export function Fields(props: { name: string; schema: Schema; value: Table; change: (value: Table) => void }) {
  const { name, schema, value, change } = props;
  const fields = Object.entries(schema.properties ?? {}).map(([key, field]) => (
    <Field
      key={key}
      name={key}
      schema={field}
      value={value[key]}
      beside={value}
      change={(next) => change({ ...value, [key]: next })}
    />
  ));
  if (name === "") return fields;
  return (
    <fieldset>
      <legend>{labelOf(name)}</legend>
      {schema.description && <p className="help">{schema.description}</p>}
      {fields}
    </fieldset>
  );
}

type Whole = { name: string; schema: Schema; value: Value; beside: Table; change: (value: Value) => void };

function Optional(props: Whole) {
  const root = useContext(Root);
  const { name, schema, value, change } = props;
  return (
    <div className="stack">
      <label className="check">
        <input type="checkbox" checked={value !== null} onChange={(e) => change(e.target.checked ? tableOf(schema, root) : null)} />
        {labelOf(name)}
      </label>
      {schema.description && <p className="help">{schema.description}</p>}
      {value !== null && <Fields name={name} schema={schema} value={value as Table} change={change} />}
    </div>
  );
}

function Alternative(props: Whole) {
  const root = useContext(Root);
  const { name, schema, change } = props;
  const several = alternatives(schema, root);
  const value = (props.value ?? {}) as Table;
  if (several === undefined) return null;
  const chosen = String(value[several.key] ?? "");
  const table = several.of.get(chosen);
  return (
    <fieldset>
      <legend>{labelOf(name)}</legend>
      <select aria-label={labelOf(name)} value={chosen} onChange={(e) => change(usual(several.of.get(e.target.value) ?? {}, root))}>
        {[...several.of.keys()].map((word) => (
          <option key={word} value={word}>
            {labelOf(word)}
          </option>
        ))}
      </select>
      {table?.description && <p className="help">{table.description}</p>}
      {table && <Fields name="" schema={table} value={value} change={change} />}
    </fieldset>
  );
}

/** The parameters of the method that the field beside names, by that method's own schema. */
function Parameters(props: Whole) {
  const { t } = useTranslation();
  const { name, schema, beside, change } = props;
  const found = useParametersOf(String(beside[schema.holds?.parameters_of ?? ""] ?? ""));
  if (found === undefined) return null;
  const value = { ...tableOf(found, found), ...(props.value as Table) };
  return (
    <Root value={found}>
      <Fields name={name} schema={{ ...found, description: t("studies.form.ofMethod") }} value={value} change={change} />
    </Root>
  );
}

function Labelled(props: Whole & { nullable: boolean }) {
  const { name, schema } = props;
  const id = `field-${name}`;
  return (
    <div className="field">
      <label htmlFor={id}>{labelOf(name)}</label>
      <Entry {...props} id={id} />
      {schema.description && <p className="help">{schema.description}</p>}
    </div>
  );
}

function Entry(props: Whole & { nullable: boolean; id: string }) {
  const root = useContext(Root);
  const { schema, value, change, id, nullable } = props;
  if (schema.enum !== undefined) return <Words id={id} words={schema.enum.map(String)} value={String(value)} change={change} />;
  if (schema.type === "boolean") return <input id={id} type="checkbox" checked={value === true} onChange={(e) => change(e.target.checked)} />;
  if (schema.type === "number" || schema.type === "integer") {
    return <NumberField id={id} schema={schema} value={value as number | null} nullable={nullable} change={change} />;
  }
  if (schema.type === "array") return <ListEntry {...props} items={itemsOf(schema, root)} />;
  if (schema.holds !== undefined) return <Chooser id={id} holds={schema.holds} value={String(value ?? "")} nullable={nullable} change={change} />;
  return <Line id={id} value={String(value ?? "")} long={(schema.maxLength ?? 300) > 200 && !nullable && props.name === "question"} change={(text) => change(text === "" && nullable ? null : text)} />;
}

function itemsOf(schema: Schema, root: Schema): Schema {
  return resolved(schema.items ?? schema.prefixItems?.[0] ?? {}, root);
}

function ListEntry(props: Whole & { id: string; items: Schema }) {
  const { items, value, change, id, schema } = props;
  const listed = (value ?? []) as Value[];
  if (items.type === "number" || items.type === "integer") {
    return <NumbersField id={id} schema={items} exactly={schema.prefixItems?.length} value={listed as number[]} change={change} />;
  }
  const holds = items.holds ?? schema.holds;
  if (holds !== undefined) return <ChosenList id={id} holds={holds} value={listed.map(String)} change={change} />;
  if (items.enum !== undefined) {
    return <Several words={items.enum.map(String)} value={listed.map(String)} change={change} />;
  }
  if (items.type === "object") return <pre id={id}>{JSON.stringify(listed, null, 1)}</pre>;
  const lines = listed.map(String).join("\n");
  return <textarea id={id} rows={Math.max(2, listed.length)} value={lines} onChange={(e) => change(e.target.value === "" ? [] : e.target.value.split("\n"))} />;
}

function Words(props: { id: string; words: readonly string[]; value: string; change: (value: string) => void }) {
  return (
    <select id={props.id} value={props.value} onChange={(e) => props.change(e.target.value)}>
      {props.words.map((word) => (
        <option key={word}>{word}</option>
      ))}
    </select>
  );
}

function Several(props: { words: readonly string[]; value: readonly string[]; change: (value: string[]) => void }) {
  const { words, value, change } = props;
  return (
    <div className="row">
      {words.map((word) => (
        <label className="check" key={word}>
          <input
            type="checkbox"
            checked={value.includes(word)}
            onChange={() => change(words.filter((one) => value.includes(one) !== (one === word)))}
          />
          {word}
        </label>
      ))}
    </div>
  );
}

function Line(props: { id: string; value: string; long: boolean; change: (value: string) => void }) {
  const { id, value, change } = props;
  if (props.long) return <textarea id={id} rows={3} value={value} onChange={(e) => change(e.target.value)} />;
  return <input id={id} type="text" value={value} onChange={(e) => change(e.target.value)} />;
}
