import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { text, useAddress } from "../../address";
import { answerOf, api } from "../../api/client";
import { isSomebody, useSession } from "../../api/session";
import { Page } from "../../shell/Page";
import { Answer, Loading, SignedOut } from "../../states";
import { Field, Root } from "./form/Fields";
import { completed, type Schema, type Table } from "./form/schema";
import { JobProgress } from "./JobProgress";
import { isActive, useAsk, useJob } from "./jobs";
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
          begin.error ? <p className="note bad">{begin.error.message}</p> : <Form schema={found} begin={begin.data ?? undefined} />
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
  const { t } = useTranslation();
  const { root, study } = props.schema;
  const [declaration, setDeclaration] = useState<Table>(() => completed(props.begin, study, root) as Table);
  const [asked, setAsked] = useState<{ prospect?: string; study?: string }>({});
  const [foresight, running] = [useJob(asked.prospect), useJob(asked.study)];
  const [, go] = useLocation();
  const ask = useAsk();
  const run = (kind: "prospect" | "study") =>
    ask.mutate({ kind, parameters: { study: declaration } }, { onSuccess: (job) => setAsked((was) => ({ ...was, [kind]: job.job_id })) });
  const made = running.data?.state === "done" ? running.data.study : null;
  return (
    <form className="form" onSubmit={(event) => event.preventDefault()}>
      <Root value={root}>
        <Field name="study" schema={study} value={declaration} beside={{}} change={(value) => setDeclaration(value as Table)} />
      </Root>
      {ask.error && <p className="note bad" role="alert">{ask.error.message}</p>}
      <div className="row">
        <button type="button" disabled={ask.isPending || isActive(foresight.data)} onClick={() => run("prospect")}>
          {t("around.case.foresee")}
        </button>
        <button type="button" className="main" disabled={ask.isPending || isActive(running.data)} onClick={() => run("study")}>
          {t("studies.run")}
        </button>
        {made && (
          <button type="button" className="main" onClick={() => go(`/studies/${made}`)}>
            {t("around.case.open")}
          </button>
        )}
      </div>
      {foresight.data && foresight.data.state !== "done" && <JobProgress job={foresight.data} />}
      {foresight.data?.state === "done" && <Prospect job={foresight.data} />}
      {running.data && <JobProgress job={running.data} />}
    </form>
  );
}
