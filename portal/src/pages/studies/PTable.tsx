import { useTranslation } from "react-i18next";
import { fixed, probability } from "../../figures/numbers";
import { type EpochResult, kindsOfChance, variablesOf } from "./result";

const KNOWN = ["circular_shift", "random_times", "random_epicentres", "worst"] as const;

/** Every test that was made, with p by each kind of chance. */
export function PTable(props: { result: EpochResult }) {
  const { t } = useTranslation();
  const { result } = props;
  const kinds = kindsOfChance(result);
  const named = (kind: string) => {
    const known = KNOWN.find((one) => one === kind);
    return known === undefined ? kind : t(`studies.chance.${known}`);
  };
  return (
    <div className="scrolls">
      <table>
        <caption className="faint small">{t("studies.chance.caption")}</caption>
        <thead>
          <tr>
            <th>{t("studies.chance.variable")}</th>
            <th>{t("studies.chance.test")}</th>
            <th className="number">{t("studies.chance.value")}</th>
            {kinds.map((kind) => (
              <th key={kind} className="number">
                {named(kind)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {variablesOf(result).flatMap(([name, one]) =>
            (["primary", "secondary"] as const).map((kind) => (
              <tr key={`${name} ${kind}`}>
                <td>{name}</td>
                <td>{t(`studies.chance.${kind}`)}</td>
                <td className="number">{fixed(one[kind].statistic, 2)} σ</td>
                {kinds.map((chance) => (
                  <td key={chance} className="number">
                    {probability(one[kind].p_value[chance])}
                  </td>
                ))}
              </tr>
            )),
          )}
        </tbody>
      </table>
    </div>
  );
}
