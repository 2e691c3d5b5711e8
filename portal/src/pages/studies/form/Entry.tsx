import { useState } from "react";
import { languageOf } from "../../../words/told";
import { Chooser } from "./Chooser";
import { NumberField } from "./NumberField";
import { isNumber, type Schema, type Value, wrongText } from "./schema";
import { useChoice } from "./words";
import { useWrongText, Wrong } from "./Wrong";

/** One value that is no table and no list. `label` is for a value that has no label of its own beside it. */
export interface One {
  id: string;
  label?: string | undefined;
  schema: Schema;
  value: Value;
  nullable: boolean;
  change: (value: Value) => void;
}

/** What a value is entered by. */
export function Entry(props: One) {
  const { schema, value, change, id, label } = props;
  if (schema.enum !== undefined) return <Words {...props} words={schema.enum.map(String)} />;
  if (schema.type === "boolean") {
    return <input id={id} aria-label={label} type="checkbox" checked={value === true} onChange={(e) => change(e.target.checked)} />;
  }
  if (isNumber(schema)) return <NumberField {...props} value={value as number | null} />;
  return <Text {...props} />;
}

function Words(props: One & { words: readonly string[] }) {
  const choice = useChoice();
  return (
    <select id={props.id} aria-label={props.label} value={String(props.value)} onChange={(e) => props.change(e.target.value)}>
      {props.words.map((word) => (
        <option key={word} value={word} lang={choice(word).lang}>
          {choice(word).text}
        </option>
      ))}
    </select>
  );
}

const LONG = 100;

/** A text, in several lines where it is long; one of what the archive holds where the schema says so. */
function Text(props: One) {
  const { id, label, schema, nullable } = props;
  const words = useWrongText();
  const value = String(props.value ?? "");
  const [long] = useState(value.length > LONG); // another element while one types would lose the focus
  const wrong = nullable && value === "" ? undefined : wrongText(value, schema);
  const change = (text: string) => props.change(text === "" && nullable ? null : text);
  const common = { id, "aria-label": label, "aria-invalid": wrong === "form", lang: languageOf(value), value };
  return (
    <>
      {schema.holds !== undefined ? (
        <Chooser {...common} holds={schema.holds} change={change} />
      ) : long ? (
        <textarea {...common} rows={3} onChange={(e) => change(e.target.value)} />
      ) : (
        <input {...common} type="text" onChange={(e) => change(e.target.value)} />
      )}
      <Wrong missing={wrong === "missing"} words={words(wrong, schema.pattern)} />
    </>
  );
}
