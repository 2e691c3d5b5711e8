import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Trouble } from "../../states";
import { Link } from "wouter";
import { isSomebody, useSession } from "../../api/session";
import { useSignInAddress } from "../../states";
import { isActive, type Job, useAsk, useJob, useJobs } from "../studies/jobs";
import { JobProgress } from "../studies/JobProgress";
import { Prospect } from "../studies/Prospect";
import "../studies/studies.css";
import { Verdict } from "../studies/Verdict";

/** The case study of the earthquake: what it can find, before; running it; what it came to. */
export function CaseStudy(props: { event: string }) {
  const { t } = useTranslation();
  const { data: who } = useSession();
  const signIn = useSignInAddress();
  return (
    <section className="case">
      <h2>{t("around.case.title")}</h2>
      <p className="faint">{t("around.case.what")}</p>
      {isSomebody(who) ? (
        <Runs event={props.event} />
      ) : (
        <p>
          <Link className="button" href={signIn}>
            {t("around.case.signIn")}
          </Link>
        </p>
      )}
    </section>
  );
}

function Runs(props: { event: string }) {
  const { t } = useTranslation();
  const { event } = props;
  const jobs = useJobs();
  const [asked, setAsked] = useState<Partial<Record<string, string>>>({});
  const latest = (kind: "case" | "prospect") => asked[kind] ?? jobs.data?.find((one) => isOf(one, kind, event))?.job_id;
  const [study, foresight] = [useJob(latest("case")), useJob(latest("prospect"))];
  const ask = useAsk();
  const run = (kind: "case" | "prospect") =>
    ask.mutate({ kind, parameters: { event_id: event } }, { onSuccess: (job) => setAsked((was) => ({ ...was, [kind]: job.job_id })) });
  const busy = (job: Job | undefined) => ask.isPending || isActive(job);
  return (
    <>
      <div className="row">
        <button type="button" disabled={busy(foresight.data)} onClick={() => run("prospect")}>
          {t("around.case.foresee")}
        </button>
        <button type="button" className="main" disabled={busy(study.data)} onClick={() => run("case")}>
          {t("around.case.run")}
        </button>
        <Link className="button" href={`/studies/new?event=${encodeURIComponent(event)}`}>
          {t("around.case.change")}
        </Link>
      </div>
      {ask.error && <Trouble error={ask.error} />}
      {foresight.data && foresight.data.state !== "done" && <JobProgress job={foresight.data} />}
      {foresight.data?.state === "done" && (asked["prospect"] !== undefined || study.data?.state !== "done") && (
        <Prospect job={foresight.data} />
      )}
      {study.data && study.data.state !== "done" && <JobProgress job={study.data} />}
      {study.data?.state === "done" && <Done job={study.data} />}
    </>
  );
}

function Done(props: { job: Job }) {
  const { t } = useTranslation();
  const { study } = props.job;
  if (study === null) return <p className="note warn">{t("around.case.gone")}</p>;
  return (
    <>
      <Verdict studyId={study} />
      <p>
        <Link className="button main" href={`/studies/${study}`}>
          {t("around.case.open")}
        </Link>
      </p>
    </>
  );
}

/** True for a job of that kind about the earthquake. */
export function isOf(job: Pick<Job, "kind" | "parameters">, kind: string, event: string): boolean {
  return job.kind === kind && job.parameters["event_id"] === event;
}
