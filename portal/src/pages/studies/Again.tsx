import { useState } from "react";
import { useTranslation } from "react-i18next";
import { whole } from "../../figures/numbers";
import { Answer, Trouble } from "../../states";
import { JobProgress } from "./JobProgress";
import { isActive, type Job, useAsk, useJob, useJobResult, useJobs } from "./jobs";

interface Change {
  inputs: string[];
  numbers: { place: string; before: string; after: string }[];
  n_numbers: number;
}

/** What a job of kind rerun tells. */
export interface Comparison {
  same: boolean;
  as_of: string | null;
  again: Change;
  since: Change;
  methods: string[];
}

/** Computing a study again from its provenance, as of then and as of now. */
export function Again(props: { studyId: string }) {
  const { t } = useTranslation();
  const { studyId } = props;
  const jobs = useJobs();
  const [asked, setAsked] = useState<string>();
  const ask = useAsk();
  const earlier = jobs.data?.find((one) => one.kind === "rerun" && one.parameters["study_id"] === studyId)?.job_id;
  const { data: job } = useJob(asked ?? earlier);
  const run = () =>
    ask.mutate({ kind: "rerun", parameters: { study_id: studyId } }, { onSuccess: (one) => setAsked(one.job_id) });
  return (
    <section className="stack">
      <h2>{t("studies.again.title")}</h2>
      <p className="faint">{t("studies.again.what")}</p>
      <p>
        <button type="button" disabled={ask.isPending || isActive(job)} onClick={run}>
          {t("studies.again.run")}
        </button>
      </p>
      {ask.error && <Trouble error={ask.error} />}
      {job && job.state !== "done" && <JobProgress job={job} />}
      {job?.state === "done" && <Compared job={job} />}
    </section>
  );
}

function Compared(props: { job: Job }) {
  const { t } = useTranslation();
  const result = useJobResult<Comparison>(props.job);
  return (
    <Answer query={result}>
      {(found) => (
        <div className="stack">
          <p className={found.same ? "note good" : "note warn"}>
            {found.same ? t("studies.again.same") : t("studies.again.differs", { number: whole(found.again.n_numbers) })}
          </p>
          <Changes change={found.again} />
          {found.methods.length > 0 && <Lines title={t("studies.again.methods")} lines={found.methods} />}
          {found.as_of !== null && (
            <p>
              {found.since.inputs.length === 0
                ? t("studies.again.nothingSince")
                : t("studies.again.since", { inputs: whole(found.since.inputs.length), numbers: whole(found.since.n_numbers) })}
            </p>
          )}
          <Changes change={found.since} />
        </div>
      )}
    </Answer>
  );
}

function Changes(props: { change: Change }) {
  const { t } = useTranslation();
  const { inputs, numbers } = props.change;
  return (
    <>
      {inputs.length > 0 && <Lines title={t("studies.again.inputs")} lines={inputs} />}
      {numbers.length > 0 && (
        <Lines
          title={t("studies.again.numbers")}
          lines={numbers.slice(0, 50).map((one) => `${one.place}: ${one.before} → ${one.after}`)}
        />
      )}
    </>
  );
}

function Lines(props: { title: string; lines: readonly string[] }) {
  return (
    <details>
      <summary>{props.title}</summary>
      <ul>
        {props.lines.map((line) => (
          <li key={line} className="mono">
            {line}
          </li>
        ))}
      </ul>
    </details>
  );
}
