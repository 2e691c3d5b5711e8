import { useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { useTold } from "../../words/told";
import { answerOf, api, type Schemas } from "../../api/client";
import { fixed, percent, probability, whole } from "../../figures/numbers";
import { Answer, Loading } from "../../states";

type Told = Schemas["Answer"];

/** What a study comes to; its false-alarm rate stands in the size of its result. */
export function Verdict(props: { studyId: string }) {
  const { studyId } = props;
  const answer = useQuery({
    queryKey: ["studies", studyId, "answer"],
    queryFn: ({ signal }) =>
      answerOf(api.GET("/api/v1/studies/{study_id}/answer", { params: { path: { study_id: studyId } }, signal })),
  });
  return (
    <Answer query={answer} loading={<Loading lines={4} height={150} />}>
      {(told) => <VerdictTold told={told} />}
    </Answer>
  );
}

/** The same, of an answer that is known. */
export function VerdictTold(props: { told: Told }) {
  const { t } = useTranslation();
  const { told } = props;
  const words = useTold();
  const of = whichVerdict(told);
  const threshold = told.null_rate.threshold_sigma;
  const rule = words(`rules.${told.kind}`, told.null_rate.rule, { threshold, blocks: told.null_rate.background_blocks });
  const statistic = words(`statistics.${told.kind}`, told.statistic_name, {
    variable: told.variable,
    first: fixed(told.days?.[0], 0),
    last: fixed(told.days?.[1], 0),
    hours: told.block_hours,
    background: told.background,
  });
  return (
    <section className={`verdict ${of}`} aria-label={t("studies.verdict.title")}>
      <h2>{t(`studies.verdict.${of}`)}</h2>
      <div className="told">
        <Figure value={`${fixed(told.statistic, 2)} σ`} words={t("studies.verdict.statistic", { name: statistic.text })} />
        <Figure value={`p = ${probability(told.worst_p)}`} words={t("studies.verdict.worstP")} />
        <Figure
          value={percent(told.null_rate.value, 1)}
          words={t("studies.verdict.nullRate", { rule: rule.text })}
          name="null-rate"
        />
        {told.marked && (
          <Figure
            value={`${whole(told.marked.n_marked)} / ${whole(told.marked.n_station_days)}`}
            words={t("studies.verdict.marked", {
              share: percent(told.marked.share, 1),
              low: percent(told.marked.chance_low, 1),
              high: percent(told.marked.chance_high, 1),
            })}
          />
        )}
      </div>
      <p>{sentence(told, t)}</p>
    </section>
  );
}

/** A number in the size of a title, and what it is. */
export function Figure(props: { value: string; words: string; name?: string }) {
  return (
    <div className="figure" data-figure={props.name}>
      <strong>{props.value}</strong>
      <span>{props.words}</span>
    </div>
  );
}

/** Which of the verdicts a study comes to. */
export function whichVerdict(told: Pick<Told, "beyond_chance" | "could_find_little" | "depends_on_background">) {
  if (told.beyond_chance === null) return told.depends_on_background ? "dependsOnBackground" : "oneBlock";
  if (told.beyond_chance) return "beyond";
  return told.could_find_little ? "nothingWeak" : "nothing";
}

function sentence(told: Told, t: TFunction): string {
  const tests = t("studies.verdict.tests", { count: told.n_tests, p: probability(told.adjusted_p) });
  const size =
    told.smallest_detectable_sigma === null
      ? t("studies.verdict.noSize")
      : t("studies.verdict.size", { size: fixed(told.smallest_detectable_sigma, 2) });
  return told.kind === "blocks" ? t("studies.verdict.blocks", { count: told.n_tests }) : `${tests} ${size}`;
}
