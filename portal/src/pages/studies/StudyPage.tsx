import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { sentence, told } from "../../words/told";
import { Sentence } from "../../words/Told";
import { Link, useParams } from "wouter";
import { answerOf, api, type Schemas } from "../../api/client";
import { isSomebody, useSession } from "../../api/session";
import { bound, minute } from "../../figures/numbers";
import { Page } from "../../shell/Page";
import { Answer, Loading } from "../../states";
import { CurvePlot } from "./CurvePlot";
import { Origin } from "./Origin";
import { PowerPlot } from "./PowerPlot";
import { PTable } from "./PTable";
import { Again } from "./Again";
import { type EpochResult, type Provenance, type Result, variablesOf } from "./result";
import "./studies.css";
import { Verdict } from "./Verdict";

/** One kept study: what it came to, its numbers, how it came about, and whether it comes out again. */
export default function StudyPage() {
  const { t } = useTranslation();
  const { id } = useParams<{ id: string }>();
  const path = { study_id: id };
  const study = useQuery({
    queryKey: ["studies", id],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v1/studies/{study_id}", { params: { path }, signal })),
  });
  if (study.data === undefined) {
    return (
      <Page title={t("studies.one")}>
        <Answer query={study}>{() => null}</Answer>
      </Page>
    );
  }
  return <Kept study={study.data} />;
}

function Kept(props: { study: Schemas["Study"] }) {
  const { t } = useTranslation();
  const { data: who } = useSession();
  const { study } = props;
  const at = `/api/v1/studies/${study.study_id}`;
  const actions = (
    <>
      <a className="button" href={`${at}/numbers`} download>
        {t("studies.download.numbers")}
      </a>
      <a className="button" href={`${at}/result`} download={`${study.study_id}-result.json`}>
        result.json
      </a>
      <a className="button" href={`${at}/provenance`} download={`${study.study_id}-provenance.json`}>
        provenance.json
      </a>
      <a className="button" href={`${at}/report`} target="_blank" rel="noreferrer">
        {t("studies.download.report")}
      </a>
    </>
  );
  return (
    <Page title={sentence(study.title)} actions={actions}>
      <div className="stack">
        <p className="faint">{t("studies.keptBy", { who: study.made_by, when: minute(study.recorded_from) })}</p>
        <OfSimulated studyId={study.study_id} />
        <Verdict studyId={study.study_id} />
        <Numbers studyId={study.study_id} />
        <Origins studyId={study.study_id} />
        {isSomebody(who) && <Again studyId={study.study_id} />}
        <details>
          <summary>{t("studies.wholeReport")}</summary>
          <iframe className="report" title={t("studies.wholeReport")} src={`${at}/report`} loading="lazy" sandbox="" />
        </details>
      </div>
    </Page>
  );
}

/** The study's `result.json`, asked for once. */
function useResult(studyId: string) {
  return useQuery({
    queryKey: ["studies", studyId, "result"],
    queryFn: async ({ signal }) => {
      const asked = api.GET("/api/v1/studies/{study_id}/result", { params: { path: { study_id: studyId } }, signal });
      return (await answerOf(asked)) as unknown as Result;
    },
    staleTime: Infinity,
  });
}

/** Stands before what a study comes to, where all of it is of simulated data. */
function OfSimulated(props: { studyId: string }) {
  const { t } = useTranslation();
  const { data } = useResult(props.studyId);
  return data?.simulated ? <p className="note simulated">{t("studies.simulated")}</p> : null;
}

function Numbers(props: { studyId: string }) {
  const { t } = useTranslation();
  const result = useResult(props.studyId);
  return (
    <Answer query={result} loading={<Loading lines={6} height={320} />}>
      {(found) => (
        <>
          <Asked result={found} />
          {found.kind === "superposed_epoch" && <Epochs result={found} />}
          <section>
            <h2>{t("studies.limits")}</h2>
            <ul>
              {found.study.limits.map((one) => (
                <li key={one}><Sentence text={one} /></li>
              ))}
            </ul>
          </section>
        </>
      )}
    </Answer>
  );
}

function Asked(props: { result: Result }) {
  const { t } = useTranslation();
  const { study } = props.result;
  const event = study.earthquakes?.event_id;
  return (
    <section className="stack">
      <h2>{t("studies.asked")}</h2>
      <p><Sentence text={study.question} /></p>
      <p className="faint">
        {t("studies.window", { start: bound(study.window.start), stop: bound(study.window.stop), stage: told(`choices.${study.stage}`, study.stage).text })}{" "}
        {event && <Link href={`/around?event=${encodeURIComponent(event)}&controls=1`}>{t("studies.toAround")}</Link>}
      </p>
    </section>
  );
}

function Epochs(props: { result: EpochResult }) {
  const { t } = useTranslation();
  const { result } = props;
  return (
    <>
      <section className="stack">
        <h2>{t("studies.found")}</h2>
        <PTable result={result} />
        <div className="columns">
          {variablesOf(result).map(([name, one]) => (
            <div key={name}>
              <h3>{name}</h3>
              <CurvePlot curve={one.curve} days={result.study.test?.days} variable={name} simulated={result.simulated} />
            </div>
          ))}
        </div>
        {result.untested.length > 0 && <p className="faint">{t("studies.untested", { names: result.untested.join(", ") })}</p>}
      </section>
      <section className="stack">
        <h2>{t("studies.power.title")}</h2>
        <PowerPlot curves={result.power_curves} />
      </section>
    </>
  );
}

function Origins(props: { studyId: string }) {
  const { studyId } = props;
  const origin = useQuery({
    queryKey: ["studies", studyId, "provenance"],
    queryFn: async ({ signal }) => {
      const asked = api.GET("/api/v1/studies/{study_id}/provenance", { params: { path: { study_id: studyId } }, signal });
      return (await answerOf(asked)) as unknown as Provenance;
    },
    staleTime: Infinity,
  });
  return <Answer query={origin}>{(found) => <Origin provenance={found} studyId={studyId} />}</Answer>;
}
