import { useTranslation } from "react-i18next";
import { useKnown } from "./known";
import type { Holds } from "./schema";

/** One of what the archive holds; another may be typed, as a cited version. */
export function Chooser(props: { id: string; holds: Holds; value: string; nullable: boolean; change: (value: string | null) => void }) {
  const { id, value, change } = props;
  const known = useKnown(props.holds);
  return (
    <>
      <input id={id} type="text" list={`${id}-known`} value={value} onChange={(e) => change(e.target.value === "" && props.nullable ? null : e.target.value)} />
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
    </details>
  );
}
