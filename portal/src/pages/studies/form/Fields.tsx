import { createContext, type ReactNode, useContext, useId } from "react";
import { useTranslation } from "react-i18next";
import type { Words } from "../../../words/told";
import { Said, Told } from "../../../words/Told";
import { ChosenList } from "./Chooser";
import { Entry } from "./Entry";
import { useParametersOf } from "./known";
import { NumbersField } from "./NumberField";
import { Rows } from "./Rows";
import {
  alternatives, changedTo, isNumber, isTable, itemsOf, type Schema, type Table, tableOf, usual, type Value, withoutNull,
} from "./schema";
import { Place, useChoice, useFieldWords } from "./words";

/** The schema that references point into. */
export const Root = createContext<Schema>({});

type Whole = { name: string; schema: Schema; value: Value; beside: Table; change: (value: Value) => void };

/** A field, or a table of fields, of any schema. */
export function Field(props: Whole) {
  const root = useContext(Root);
  const { schema, nullable } = withoutNull(props.schema, root);
  const { name, value } = props;
  if (schema.const !== undefined) return <Fixed name={name} schema={schema} />;
  if (schema.holds?.parameters_of !== undefined) return <Parameters {...props} schema={schema} />;
  if (nullable && isTable(schema, root)) return <Optional {...props} schema={schema} />;
  if (alternatives(schema, root) !== undefined) return <Alternative {...props} schema={schema} />;
  if (schema.type === "object") return <Fields name={name} schema={schema} value={value as Table} change={props.change} />;
  if (schema.type === "array") return <Listed {...props} schema={schema} />;
  return <Single {...props} schema={schema} nullable={nullable} />;
}

/** What can be one thing alone; where nothing is said of it, it only tells tables apart. */
function Fixed(props: { name: string; schema: Schema }) {
  const { name, schema } = props;
  const { label, help } = useFieldWords(name, schema);
  const choice = useChoice();
  if (help === undefined) return null;
  return (
    <p className="help">
      <Said words={label} />: <strong><Said words={choice(String(schema.const))} /></strong>. <Said words={help} />
    </p>
  );
}

/** A table of fields under its name. */
export function Fields(props: {
  name: string;
  schema: Schema;
  value: Table;
  change: (value: Table) => void;
  /** Where the words of its fields stand; none: with the table of its title. */
  place?: string;
}) {
  const { name, schema, value, change } = props;
  const { label, help } = useFieldWords(name, schema);
  const fields = Object.entries(schema.properties ?? {}).map(([key, field]) => (
    <Field
      key={key}
      name={key}
      schema={field}
      value={value[key]}
      beside={value}
      change={(next) => change({ ...value, ...ofAnother(key, schema), [key]: next })}
    />
  ));
  const placed = <Place value={props.place ?? `declaration.${schema.title}.fields`}>{fields}</Place>;
  if (name === "") return placed;
  return (
    <fieldset>
      <legend>
        <Said words={label} />
      </legend>
      <Help words={help} />
      {placed}
    </fieldset>
  );
}

/** The fields that hold the parameters of what `key` names: another has others. */
function ofAnother(key: string, schema: Schema): Table {
  const held = Object.entries(schema.properties ?? {}).filter(([, field]) => field.holds?.parameters_of === key);
  return Object.fromEntries(held.map(([name]) => [name, {}]));
}

function Optional(props: Whole) {
  const root = useContext(Root);
  const { name, schema, value, change } = props;
  const { label, help } = useFieldWords(name, schema);
  return (
    <div className="stack">
      <label className="check">
        <input type="checkbox" checked={value !== null} onChange={(e) => change(e.target.checked ? tableOf(schema, root) : null)} />
        <Said words={label} />
      </label>
      <Help words={help} />
      {value !== null && <Fields name={name} schema={schema} value={value as Table} change={change} />}
    </div>
  );
}

function Alternative(props: Whole) {
  const root = useContext(Root);
  const { name, schema, change } = props;
  const { label } = useFieldWords(name, schema);
  const choice = useChoice();
  const several = alternatives(schema, root);
  const value = (props.value ?? {}) as Table;
  if (several === undefined) return null;
  const chosen = String(value[several.key] ?? "");
  const table = several.of.get(chosen);
  return (
    <fieldset>
      <legend>
        <Said words={label} />
      </legend>
      <select
        aria-label={label.text}
        value={chosen}
        onChange={(e) => change(changedTo(several.of.get(e.target.value) ?? {}, table, value, root))}
      >
        {[...several.of.keys()].map((word) => (
          <option key={word} value={word} lang={choice(word).lang}>
            {choice(word).text}
          </option>
        ))}
      </select>
      {table?.description && (
        <p className="help">
          <Told of={`declaration.${table.title}.help`} en={table.description} />
        </p>
      )}
      {table && <Fields key={chosen} name="" schema={table} value={value} change={change} />}
    </fieldset>
  );
}

/** The parameters of the method that the field beside names, by that method's own schema. */
function Parameters(props: Whole) {
  const { t } = useTranslation();
  const { name, schema, beside, change } = props;
  const method = String(beside[schema.holds?.parameters_of ?? ""] ?? "");
  const found = useParametersOf(method);
  if (found === undefined) return null;
  const value = { ...tableOf(found, found), ...(props.value as Table) };
  return (
    <Root value={found}>
      <Fields
        key={method}
        name={name}
        schema={{ ...found, description: t("studies.form.ofMethod") }}
        place={`methods.${method}.parameters`}
        value={value}
        change={change}
      />
    </Root>
  );
}

/** A list: of numbers between commas, of what the archive holds, or of rows. */
function Listed(props: Whole) {
  const root = useContext(Root);
  const id = useId();
  const { name, schema, change } = props;
  const value = (props.value ?? []) as Value[];
  const items = itemsOf(schema, root);
  const holds = items.holds ?? schema.holds;
  const short = isNumber(items) ? (
    <NumbersField id={id} schema={schema} items={items} value={value as number[]} change={change} />
  ) : holds !== undefined ? (
    <ChosenList id={id} holds={holds} value={value.map(String)} change={change} />
  ) : undefined;
  if (short !== undefined) return <Labelled id={id} name={name} schema={schema}>{short}</Labelled>;
  const most = schema.maxItems ?? items.enum?.length ?? Infinity;
  const fresh = () => items.enum?.find((one) => !value.includes(one)) ?? usual(items, root);
  return (
    <Rows
      name={name}
      schema={schema}
      value={value}
      least={schema.minItems ?? 0}
      most={most}
      grouped={isTable(items, root)}
      fresh={fresh}
      change={change}
    >
      {(one, set, label, at) =>
        isTable(items, root) ? (
          <Fields name="" schema={items} value={one as Table} change={set} />
        ) : (
          <Entry id={`${id}-${at}`} label={label} schema={items} value={one} nullable={false} change={set} />
        )
      }
    </Rows>
  );
}

function Single(props: Whole & { nullable: boolean }) {
  const id = useId();
  const { name, schema, value, nullable, change } = props;
  return (
    <Labelled id={id} name={name} schema={schema}>
      <Entry id={id} schema={schema} value={value} nullable={nullable} change={change} />
    </Labelled>
  );
}

function Labelled(props: { id: string; name: string; schema: Schema; children: ReactNode }) {
  const { label, help } = useFieldWords(props.name, props.schema);
  return (
    <div className="field">
      <label htmlFor={props.id}>
        <Said words={label} />
      </label>
      {props.children}
      <Help words={help} />
    </div>
  );
}

function Help({ words }: { words: Words | undefined }) {
  return words && <p className="help"><Said words={words} /></p>;
}
