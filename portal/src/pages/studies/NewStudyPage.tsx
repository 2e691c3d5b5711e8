import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { text, useAddress } from "../../address";
import { answerOf, api } from "../../api/client";
import { isSomebody, useSession } from "../../api/session";
import { Page } from "../../shell/Page";
import { Answer, Loading, SignedOut, Trouble } from "../../states";
import { Field, Root } from "./form/Fields";
import { completed, type Schema, type Table } from "./form/schema";
import { goToWrong } from "./form/Wrong";
import { JobProgress } from "./JobProgress";
import { isActive, type Job, useAsk, useJob } from "./jobs";
import { Prospect } from "./Prospect";
import type { Provenance } from "./result";
import "./studies.css";

const VIEW = {
  /** Begin with the case study of this earthquake. */
  event: text(),
  /** Begin with the declaration of this study. */
  from: text(),
};

/** Declaring a study by a form made of the server's own schema, seeing what it can find, and running it. */
export default function NewStudyPage() {
  const { t } = useTranslation();
  const { data: who } = useSession();
  const [view] = useAddress(VIEW);
  const schema = useStudySchema();
  const begin = useBeginning(view);
  if (who === undefined || schema.isPending || begin.isLoading) return <Page title={t("studies.new")}><Loading /></Page>;
  if (!isSomebody(who)) return <Page title={t("studies.new")}><SignedOut /></Page>;
  return (
    <Page title={t("studies.new")}>
      <Answer query={schema}>
        {(found) =>
          begin.error ? <Trouble error={begin.error} /> : <Form schema={found} begin={begin.data ?? undefined} />
        }
      </Answer>
    </Page>
  );
}

/** The schema of a declaration, as the kind of job says it. */
function useStudySchema() {
  return useQuery({
    queryKey: ["job-kinds"],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v1/job-kinds", { signal })),
    staleTime: Infinity,
    select: (kinds): { root: Schema; study: Schema } => {
      const root = (kinds.find((one) => one.name === "study")?.parameters ?? {}) as Schema;
      return { root, study: root.properties?.["study"] ?? {} };
    },
  });
}

/** The declaration to begin with: that of an earthquake's case study, or of a kept study; null: an empty one. */
function useBeginning(view: { event: string; from: string }) {
  return useQuery({
    queryKey: ["declaration", view.event, view.from],
    enabled: view.event !== "" || view.from !== "",
    staleTime: Infinity,
    queryFn: async ({ signal }): Promise<Table | null> => {
      if (view.event !== "") {
        const path = { event_id: view.event };
        return (await answerOf(api.GET("/api/v1/events/{event_id}/control-windows", { params: { path }, signal }))).declaration;
      }
      const path = { study_id: view.from };
      const found = await answerOf(api.GET("/api/v1/studies/{study_id}/provenance", { params: { path }, signal }));
      return (found as unknown as Provenance).study;
    },
  });
}

function Form(props: { schema: { root: Schema; study: Schema }; begin: Table | undefined }) {
  const { root, study } = props.schema;
  const [declaration, setDeclaration] = useState<Table>(() => completed(props.begin, study, root) as Table);
  const form = useRef<HTMLFormElement>(null);
  return (
    <form className="form" ref={form} onSubmit={(event) => event.preventDefault()}>
      <Root value={root}>
        <Field name="study" schema={study} value={declaration} beside={{}} change={(value) => setDeclaration(value as Table)} />
      </Root>
      <Runs declaration={declaration} whole={() => form.current !== null && !goToWrong(form.current)} />
    </form>
  );
}

/** What can be done with a declaration, once it is whole; what was foreseen of another one is not shown. */
function Runs(props: { declaration: Table; whole: () => boolean }) {
  const { t } = useTranslation();
  const { declaration } = props;
  const [, go] = useLocation();
  const [incomplete, setIncomplete] = useState(false);
  const [prospect, study] = [useRun("prospect", declaration), useRun("study", declaration)];
  const begin = (one: Run) => {
    const whole = props.whole();
    setIncomplete(!whole);
    if (whole) one.begin();
  };
  const error = prospect.error ?? study.error;
  const made = study.job?.state === "done" ? study.job.study : null;
  return (
    <div className={incomplete ? "stack incomplete" : "stack"}>
      {incomplete && <p className="note bad" role="alert">{t("studies.form.incomplete")}</p>}
      {error && <Trouble error={error} />}
      <div className="row">
        <button type="button" disabled={prospect.busy} onClick={() => begin(prospect)}>
          {t("around.case.foresee")}
        </button>
        <button type="button" className="main" disabled={study.busy} onClick={() => begin(study)}>
          {t("studies.run")}
        </button>
        {made && (
          <button type="button" className="main" onClick={() => go(`/studies/${made}`)}>
            {t("around.case.open")}
          </button>
        )}
      </div>
      {prospect.job && prospect.job.state !== "done" && <JobProgress job={prospect.job} />}
      {prospect.job?.state === "done" && <Prospect job={prospect.job} />}
      {study.job && <JobProgress job={study.job} />}
    </div>
  );
}

interface Run {
  begin: () => void;
  busy: boolean;
  error: Error | null;
  job: Job | undefined;
}

/** A job of a declaration as it stands: one that was asked for before it changed is none of it. */
function useRun(kind: "prospect" | "study", declaration: Table): Run {
  const ask = useAsk();
  const [asked, setAsked] = useState<{ job: string; of: Table }>();
  const { data } = useJob(asked?.job);
  const job = asked?.of === declaration ? data : undefined;
  const begin = () =>
    ask.mutate({ kind, parameters: { study: declaration } }, { onSuccess: (one) => setAsked({ job: one.job_id, of: declaration }) });
  return { begin, busy: ask.isPending || isActive(job), error: ask.error, job };
}
