import { useTranslation } from "react-i18next";
import { useTold } from "../../words/told";
import { fixed, percent, probability, whole } from "../../figures/numbers";
import { Answer, Loading } from "../../states";
import { type Job, useJobResult } from "./jobs";
import { PowerPlot } from "./PowerPlot";
import type { PowerCurve } from "./result";
import { Figure } from "./Verdict";

/** What a study can find, as a job of kind prospect tells it. */
export interface ProspectTold {
  kind: string;
  variable: string;
  untested: string[];
  null_rate: { value: number | null; rule: string };
  power_curves: PowerCurve[];
  level?: number;
  least_p?: number;
  counts: Record<string, number>;
  study: { threshold_sigma?: number; test?: { threshold_sigma: number } };
  simulated?: boolean;
}

/** Power and null rate of a study that has not been run. */
export function Prospect(props: { job: Job }) {
  const result = useJobResult<ProspectTold>(props.job);
  return (
    <Answer query={result} loading={<Loading lines={3} height={180} />}>
      {(told) => <ProspectView told={told} />}
    </Answer>
  );
}

function ProspectView(props: { told: ProspectTold }) {
  const { t } = useTranslation();
  const { told } = props;
  const size = told.power_curves[0]?.smallest_detectable_sigma;
  const threshold = told.study.test?.threshold_sigma ?? told.study.threshold_sigma;
  const rule = useTold()(`rules.${told.kind}`, told.null_rate.rule, { threshold, blocks: told.counts["background_blocks"] });
  return (
    <section className="verdict" aria-label={t("studies.prospect.title")}>
      <h3>{t("studies.prospect.title")}</h3>
      <div className="told">
        <Figure value={percent(told.null_rate.value, 1)} words={t("studies.verdict.nullRate", { rule: rule.text })} name="prospect-null-rate" />
        <Figure
          value={size === null || size === undefined ? "–" : `${fixed(size, 2)} σ`}
          words={size === null ? t("studies.verdict.noSize") : t("studies.prospect.smallest", { variable: told.variable })}
          name="prospect-size"
        />
        {told.least_p !== undefined && <Figure value={`p ≥ ${probability(told.least_p)}`} words={t("studies.prospect.leastP")} />}
        {told.counts["station_days"] !== undefined && (
          <Figure
            value={whole(told.counts["station_days"])}
            words={t("studies.prospect.days", {
              stations: whole(told.counts["stations"]),
              vetoed: percent(told.counts["vetoed_share"], 0),
            })}
          />
        )}
      </div>
      <PowerPlot curves={told.power_curves} />
      <p className="faint small">{t("studies.prospect.blind")}</p>
    </section>
  );
}
