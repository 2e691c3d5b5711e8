import { type KeyboardEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useKnown } from "./known";
import type { Holds } from "./schema";

/** One of what the archive holds; another may be typed, as a cited version. */
export function Chooser(props: {
  id: string;
  holds: Holds;
  value: string;
  change: (value: string) => void;
  onEnter?: () => void;
  "aria-label"?: string | undefined;
  "aria-invalid"?: boolean;
}) {
  const { id, holds, value, change, onEnter, ...spoken } = props;
  const known = useKnown(holds);
  const enter = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || onEnter === undefined) return;
    event.preventDefault();
    onEnter();
  };
  return (
    <>
      <input {...spoken} id={id} type="text" list={`${id}-known`} value={value} onChange={(e) => change(e.target.value)} onKeyDown={enter} />
      <datalist id={`${id}-known`}>
        {known.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </>
  );
}

/** Some of what the archive holds; none may mean all, as the field says. */
export function ChosenList(props: { id: string; holds: Holds; value: readonly string[]; change: (value: string[]) => void }) {
  const { t } = useTranslation();
  const { id, value, change } = props;
  const known = [...new Set([...useKnown(props.holds), ...value])];
  const kept = (name: string) => (value.includes(name) ? value.filter((one) => one !== name) : [...value, name]);
  return (
    <details className="chosen">
      <summary id={id}>{t("studies.form.chosen", { number: value.length, of: known.length })}</summary>
      {known.map((name) => (
        <label className="check" key={name}>
          <input type="checkbox" checked={value.includes(name)} onChange={() => change(kept(name))} />
          {name}
        </label>
      ))}
      <Another holds={props.holds} add={(name) => !value.includes(name) && change([...value, name])} />
    </details>
  );
}

/** What is not in the list: a version of a collection, as it is cited. */
function Another(props: { holds: Holds; add: (name: string) => void }) {
  const { t } = useTranslation();
  const id = useId();
  const [name, setName] = useState("");
  const add = () => {
    if (name.trim() !== "") props.add(name.trim());
    setName("");
  };
  return (
    <span className="row">
      <label htmlFor={id}>{t("studies.form.another")}</label>
      <Chooser id={id} holds={props.holds} value={name} change={setName} onEnter={add} />
      <button type="button" onClick={add}>
        {t("studies.form.add")}
      </button>
    </span>
  );
}
