import { useState } from "react";
import { useTranslation } from "react-i18next";
import { boundsOf, numberOf, numbersOf, type Schema } from "./schema";
import { Wrong } from "./Wrong";

/** A number within its bounds; what is none is told beside it, and not taken. */
export function NumberField(props: {
  id: string;
  label?: string | undefined;
  schema: Schema;
  value: number | null;
  nullable: boolean;
  change: (value: number | null) => void;
}) {
  const { t } = useTranslation();
  const { id, schema, nullable, change } = props;
  const [text, setText] = useState(props.value === null ? "" : String(props.value));
  const empty = text.trim() === "";
  const wrong = !(empty && nullable) && numberOf(text, schema) === undefined;
  const told = (next: string) => {
    setText(next);
    change(numberOf(next, schema) ?? null);
  };
  const bounds = boundsOf(schema);
  return (
    <span className="row">
      <input id={id} aria-label={props.label} inputMode="decimal" size={10} value={text} aria-invalid={wrong && !empty} onChange={(e) => told(e.target.value)} />
      {!wrong && <span className="faint small">{bounds}</span>}
      {wrong && <Wrong missing={empty} words={empty ? `${t("studies.form.needed")} ${bounds}`.trim() : t("studies.form.noNumber", { bounds })} />}
    </span>
  );
}

/** Numbers between commas. */
export function NumbersField(props: {
  id: string;
  schema: Schema;
  items: Schema;
  value: readonly number[];
  change: (value: readonly number[]) => void;
}) {
  const { t } = useTranslation();
  const { id, schema, items, change } = props;
  const [text, setText] = useState(props.value.join(", "));
  const wrong = numbersOf(text, schema, items) === undefined;
  const told = (next: string) => {
    setText(next);
    change(numbersOf(next, schema, items) ?? []);
  };
  return (
    <span className="row">
      <input id={id} size={24} value={text} aria-invalid={wrong} onChange={(e) => told(e.target.value)} />
      <Wrong words={wrong ? t("studies.form.noNumbers", { bounds: boundsOf(items), many: manyOf(schema) }) : undefined} />
    </span>
  );
}

/** How many there may be: "2", "1 … 50", "≥ 1". */
function manyOf(schema: Schema): string {
  const { minItems: least = 0, maxItems: most } = schema;
  if (most === undefined) return `≥ ${least}`;
  return least === most ? String(least) : `${least} … ${most}`;
}
