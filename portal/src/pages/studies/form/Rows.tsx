import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Said } from "../../../words/Told";
import { moved } from "./moved";
import type { Schema, Value } from "./schema";
import { useFieldWords } from "./words";
import { Wrong } from "./Wrong";

interface List {
  name: string;
  schema: Schema;
  value: readonly Value[];
  least: number;
  most: number;
  /** Whether a row is a group of fields; else it is one field, which names itself. */
  grouped: boolean;
  /** What a new row begins with. */
  fresh: () => Value;
  change: (value: Value[]) => void;
  /** What a row holds; `label` says which of them it is. */
  children: (value: Value, change: (value: Value) => void, label: string, at: number) => ReactNode;
}

/** A list whose rows are added, changed, put in another order and taken out, all by keyboard too. */
export function Rows(props: List) {
  const { t } = useTranslation();
  const { name, schema, value, least, most, change } = props;
  const { keys, list, add, move, remove } = useRows(props);
  const { label: named, help } = useFieldWords(name, schema);
  const title = named.text;
  return (
    <fieldset className="rows">
      <legend>
        <Said words={named} />
      </legend>
      {help && <p className="help"><Said words={help} /></p>}
      <Wrong missing words={value.length < least ? t("studies.form.atLeast", { least }) : undefined} />
      <ol ref={list}>
        {value.map((one, at) => {
          const label = `${title} ${at + 1}`;
          const set = (next: Value) => change(value.map((old, i) => (i === at ? next : old)));
          return (
            <li key={keys[at]}>
              <div className="one" {...(props.grouped && { role: "group", "aria-label": label })}>
                <div className="entry">{props.children(one, set, label, at)}</div>
                <RowActions label={label} first={at === 0} last={at === value.length - 1} move={(by) => move(at, by)} remove={() => remove(at)} />
              </div>
            </li>
          );
        })}
      </ol>
      {value.length < most && (
        <button type="button" data-add="" aria-label={`${t("studies.form.add")}: ${title}`} onClick={add}>
          {t("studies.form.add")}
        </button>
      )}
    </fieldset>
  );
}

function RowActions(props: { label: string; first: boolean; last: boolean; move: (by: 1 | -1) => void; remove: () => void }) {
  const { t } = useTranslation();
  const { label, move } = props;
  return (
    <div className="row actions">
      <button type="button" className="plain" disabled={props.first} aria-label={`${t("studies.form.up")}: ${label}`} onClick={() => move(-1)}>
        ↑
      </button>
      <button type="button" className="plain" disabled={props.last} aria-label={`${t("studies.form.down")}: ${label}`} onClick={() => move(1)}>
        ↓
      </button>
      <button type="button" className="plain" aria-label={`${t("studies.form.remove")}: ${label}`} onClick={props.remove}>
        {t("studies.form.remove")}
      </button>
    </div>
  );
}

/** The rows' lasting keys, for what is typed into a row stays with it; and the focus, which goes with what was done. */
function useRows({ value, fresh, change }: List) {
  const count = useRef(value.length);
  const [keys, setKeys] = useState(() => value.map((_, at) => at));
  const list = useRef<HTMLOListElement>(null);
  const next = useRef<{ row: number; part: string }>(undefined);
  useEffect(() => {
    if (next.current === undefined) return;
    const { row, part } = next.current;
    next.current = undefined;
    const there = list.current?.children[row]?.querySelector<HTMLElement>(part);
    (there ?? list.current?.parentElement?.querySelector<HTMLElement>("[data-add]"))?.focus();
  });
  const put = (rows: Value[], kept: number[], row: number, part: string) => {
    next.current = { row, part };
    setKeys(kept);
    change(rows);
  };
  return {
    keys,
    list,
    add: () => put([...value, fresh()], [...keys, count.current++], value.length, "input, select, textarea"),
    remove: (at: number) => put(value.toSpliced(at, 1), keys.toSpliced(at, 1), Math.min(at, value.length - 2), ".actions button:last-child"),
    move: (at: number, by: 1 | -1) => {
      const to = at + by;
      put(moved(value, at, to), moved(keys, at, to), to, `.actions button:nth-child(${by < 0 ? 1 : 2}):enabled, .actions button:enabled`);
    },
  };
}
