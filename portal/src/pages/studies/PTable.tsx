import { useTranslation } from "react-i18next";
import { fixed, probability } from "../../figures/numbers";
import { type Head, Table } from "../../shell/Table";
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
  const heads: Head[] = [
    t("studies.chance.variable"),
    t("studies.chance.test"),
    { text: t("studies.chance.value"), as: "number" },
    ...kinds.map((kind) => ({ text: named(kind), as: "number" }) as const),
  ];
  return (
    <div>
      <p className="faint small">{t("studies.chance.caption")}</p>
      <Table heads={heads}>
        {variablesOf(result).flatMap(([name, one]) =>
          (["primary", "secondary"] as const).map((kind) => (
            <tr key={`${name} ${kind}`}>
              <td>{name}</td>
              <td>{t(`studies.chance.${kind}`)}</td>
              <td className="number nowrap">{fixed(one[kind].statistic, 2)} σ</td>
              {kinds.map((chance) => (
                <td key={chance} className="number nowrap">
                  {probability(one[kind].p_value[chance])}
                </td>
              ))}
            </tr>
          )),
        )}
      </Table>
    </div>
  );
}
