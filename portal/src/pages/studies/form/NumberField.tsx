import { useState } from "react";
import { useTranslation } from "react-i18next";
import { boundsOf, numberOf, type Schema } from "./schema";

/** A number within its bounds; what is none is told beside it, and not taken. */
export function NumberField(props: {
  id: string;
  schema: Schema;
  value: number | null;
  nullable: boolean;
  change: (value: number | null) => void;
}) {
  const { t } = useTranslation();
  const { id, schema, nullable, change } = props;
  const [text, setText] = useState(props.value === null ? "" : String(props.value));
  const empty = text.trim() === "" && nullable;
  const wrong = !empty && numberOf(text, schema) === undefined;
  const told = (next: string) => {
    setText(next);
    const value = numberOf(next, schema);
    if (value !== undefined) change(value);
    else if (next.trim() === "" && nullable) change(null);
  };
  return (
    <span className="row">
      <input id={id} inputMode="decimal" size={10} value={text} aria-invalid={wrong} onChange={(e) => told(e.target.value)} />
      <span className={wrong ? "tag bad" : "faint small"}>
        {wrong ? t("studies.form.noNumber", { bounds: boundsOf(schema) }) : boundsOf(schema)}
      </span>
    </span>
  );
}

/** Numbers between commas. */
export function NumbersField(props: {
  id: string;
  schema: Schema;
  exactly: number | undefined;
  value: readonly number[];
  change: (value: number[]) => void;
}) {
  const { t } = useTranslation();
  const { id, schema, exactly, change } = props;
  const [text, setText] = useState(props.value.join(", "));
  const read = (said: string) => said.split(",").map((part) => numberOf(part, schema));
  const right = (found: (number | undefined)[]): found is number[] =>
    found.every((one) => one !== undefined) && (exactly === undefined || found.length === exactly);
  const wrong = !right(read(text));
  const told = (next: string) => {
    setText(next);
    const found = read(next);
    if (right(found)) change(found);
  };
  return (
    <span className="row">
      <input id={id} size={24} value={text} aria-invalid={wrong} onChange={(e) => told(e.target.value)} />
      {wrong && <span className="tag bad">{t("studies.form.noNumber", { bounds: boundsOf(schema) })}</span>}
    </span>
  );
}
