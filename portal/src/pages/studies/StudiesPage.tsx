import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Sentence } from "../../words/Told";
import { Link } from "wouter";
import { answerOf, api, type Schemas } from "../../api/client";
import { isSomebody, useSession } from "../../api/session";
import { minute, whole } from "../../figures/numbers";
import { Page } from "../../shell/Page";
import { Table } from "../../shell/Table";
import { Answer, useSignInAddress } from "../../states";
import { JobProgress } from "./JobProgress";
import { isActive, type Job, useJob, useJobs } from "./jobs";
import "./studies.css";

/** Studies that one may see, and one's own work on others. */
export default function StudiesPage() {
  const { t } = useTranslation();
  const { data: who } = useSession();
  const signIn = useSignInAddress();
  const studies = useQuery({
    queryKey: ["studies"],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v1/studies", { signal })),
  });
  const start = isSomebody(who) ? (
    <Link className="button main" href="/studies/new">
      {t("studies.new")}
    </Link>
  ) : (
    <Link className="button" href={signIn}>
      {t("studies.signInToRun")}
    </Link>
  );
  return (
    <Page title={t("studies.title")} actions={start}>
      <div className="stack">
        {isSomebody(who) && <Work />}
        <Answer query={studies} empty={(every) => every.length === 0} whenEmpty={<p className="note">{t("studies.none")}</p>}>
          {(every) => <Kept studies={[...every].reverse()} />}
        </Answer>
      </div>
    </Page>
  );
}

const OF_STUDIES = ["study", "case", "prospect", "rerun"];

function Work() {
  const { t } = useTranslation();
  const jobs = useJobs();
  const shown = (jobs.data ?? []).filter((one) => OF_STUDIES.includes(one.kind) && (isActive(one) || one.state === "failed"));
  if (shown.length === 0) return null;
  return (
    <section className="stack">
      <h2>{t("studies.work")}</h2>
      {shown.slice(0, 10).map((one) => (
        <Followed key={one.job_id} job={one} />
      ))}
    </section>
  );
}

function Followed(props: { job: Job }) {
  const { data } = useJob(props.job.job_id);
  return <JobProgress job={data ?? props.job} />;
}

function Kept(props: { studies: Schemas["Study"][] }) {
  const { t } = useTranslation();
  return (
    <Table
      heads={[
        t("studies.list.title"),
        t("studies.list.by"),
        t("studies.list.kept"),
        { text: t("studies.list.inputs"), as: "number" },
        t("studies.list.seen"),
      ]}
    >
      {props.studies.map((one) => (
        <tr key={one.study_id}>
          <td>
            <Link href={`/studies/${one.study_id}`}><Sentence text={one.title} /></Link>
          </td>
          <td>{one.made_by}</td>
          <td>{minute(one.recorded_from)}</td>
          <td className="number">{whole(one.inputs.length)}</td>
          <td>{one.released ? t("studies.list.everybody") : t("studies.list.some")}</td>
        </tr>
      ))}
    </Table>
  );
}
