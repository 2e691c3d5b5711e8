import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { type Choice, nameOf, ofProvider } from "./chosen";
import type { Meaning } from "./variablePanels";

/** The chosen series: whose values, where several members handed some in, and away with one. */
export function Chips(props: {
  chosen: readonly Choice[];
  meanings: ReadonlyMap<string, Meaning>;
  start: string;
  onRemove: (id: string) => void;
  /** Another in the place of one. */
  onReplace: (id: string, by: string) => void;
}) {
  const { t } = useTranslation();
  return (
    <ul className="row chips" aria-label={t("series.chosen")}>
      {props.chosen.map((one) => {
        const symbol = props.meanings.get(one.variable)?.symbol ?? one.variable;
        const name = `${nameOf(one, t("series.archive"))} ${symbol}`;
        const several = one.united && one.providers.length > 1;
        return (
          <li key={one.id} className={one.simulated ? "tag simulated" : "tag"}>
            {several ? `${one.name} ${symbol}` : name} <span className="faint">{one.cadence}</span>
            {several && <Whose choice={one} name={name} onChoose={(other) => props.onReplace(one.id, other.id)} />}
            {one.shape === "track" && (
              <Link className="small" href={`/satellites?${new URLSearchParams({ platform: one.platform, day: props.start.slice(0, 10) })}`}>{t("series.halfOrbits")}</Link>
            )}
            <button type="button" className="plain" aria-label={t("series.remove", { name })} onClick={() => props.onRemove(one.id)}>×</button>
          </li>
        );
      })}
    </ul>
  );
}

const ALL = "*";

function Whose({ choice, name, onChoose }: { choice: Choice; name: string; onChoose: (other: Choice) => void }) {
  const { t } = useTranslation();
  return (
    <select value={choice.provider ?? ALL} aria-label={t("series.whose", { name })} title={t("series.whose", { name })}
      onChange={({ target }) => onChoose(ofProvider(choice, target.value === ALL ? undefined : target.value))}>
      <option value={ALL}>{t("series.united")}</option>
      {choice.providers.map((one) => <option key={one} value={one}>{one || t("series.archive")}</option>)}
    </select>
  );
}
