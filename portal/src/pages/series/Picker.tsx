import { useId, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { bound } from "../../figures/numbers";
import { type Choice, fitting, nameOf } from "./chosen";
import type { Meaning } from "./variablePanels";

const MOST = 40;

/** Finds series by words, and adds or removes them. */
export function Picker(props: {
  choices: readonly Choice[];
  chosen: readonly string[];
  /** What is looked for at first. */
  sought: string;
  meanings: ReadonlyMap<string, Meaning>;
  onToggle: (id: string) => void;
}) {
  const { t } = useTranslation();
  const [text, setText] = useState(props.sought);
  const id = useId();
  const { choices, meanings } = props;
  const found = useMemo(() => {
    const words = (name: string) => `${meanings.get(name)?.symbol ?? ""} ${meanings.get(name)?.meaning ?? ""}`;
    return fitting(choices, text, words);
  }, [choices, text, meanings]);
  return (
    <section className="picker" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{t("series.choose")}</h2>
      <input type="search" value={text} placeholder={t("series.search")} aria-label={t("series.search")}
        onChange={(event) => setText(event.target.value)} />
      <p className="small faint" role="status">
        {found.length === 0
          ? t("series.nothing", { text })
          : t("series.found", { shown: Math.min(MOST, found.length), count: found.length })}
      </p>
      <ul tabIndex={-1}>
        {found.slice(0, MOST).map((one) => (
          <li key={one.id}>
            <button type="button" className={one.simulated ? "plain simulated" : "plain"} aria-pressed={props.chosen.includes(one.id)}
              title={`${one.collection} · ${t("series.held", { start: bound(one.start), stop: bound(one.last) })}`}
              onClick={() => props.onToggle(one.id)}>
              <span><strong>{nameOf(one, t("series.archive"))}</strong> {meanings.get(one.variable)?.symbol ?? one.variable}</span>
              <span className="small faint">{one.shape === "track" ? `${t("series.track")} · ` : ""}{one.cadence} · {bound(one.start)} – {bound(one.last)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
