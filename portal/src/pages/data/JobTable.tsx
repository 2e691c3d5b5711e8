import { useTranslation } from "react-i18next";
import { sentence, told } from "../../words/told";
import { ServersOwn } from "../../words/Told";
import { minute, percent, whole } from "../../figures/numbers";
import { Table } from "../../shell/Table";
import { goesOn, type Job, useCancel } from "./jobs";

/** Jobs, each with how far it is, and its result. */
export function JobTable(props: { jobs: readonly Job[]; makers?: boolean }) {
  const { t } = useTranslation();
  const maker = props.makers ? [t("shell.account")] : [];
  const heads = [t("data.job.what"), ...maker, t("data.job.asked"), t("data.job.state"), { text: t("data.job.fetch"), as: "unseen" } as const];
  return (
    <Table heads={heads}>
      {props.jobs.map((job) => (
        <tr key={job.job_id}>
          <td>{nameOf(job)}</td>
          {props.makers && <td>{job.made_by}</td>}
          <td className="nowrap">{minute(job.recorded_from)}</td>
          <td>
            <State job={job} />
          </td>
          <td>
            <Act job={job} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

/** What people know a job by. */
function nameOf(job: Job): string {
  return job.title === "" ? told(`jobs.${job.kind}`, job.kind).text : sentence(job.title);
}

function State(props: { job: Job }) {
  const { t } = useTranslation();
  const { job } = props;
  const tone = { done: "good", failed: "bad", cancelled: "", waiting: "", running: "warn" }[job.state];
  return (
    <span className="row">
      <span className={`tag ${tone}`}>{t(`data.job.states.${job.state}`)}</span>
      {job.state === "running" && (
        <>
          <progress value={job.done} aria-label={t(`data.job.states.${job.state}`)} />
          <span className="small">{percent(job.done)}</span>
        </>
      )}
      {job.left_s !== null && goesOn(job) && <span className="faint small">{t("data.job.left", { seconds: whole(job.left_s) })}</span>}
      {job.state === "failed" && <span className="small"><ServersOwn text={job.message} /></span>}
    </span>
  );
}

function Act(props: { job: Job }) {
  const { t } = useTranslation();
  const cancel = useCancel();
  const { job } = props;
  const name = nameOf(job);
  if (job.result !== null && job.kind === "export") {
    return (
      <a className="button" href={job.result} download>
        {t("data.job.fetch")}
      </a>
    );
  }
  if (!goesOn(job)) return null;
  return (
    <button
      type="button"
      aria-label={`${t("data.job.cancel")}: ${t("data.job.cancelLabel", { name })}`}
      disabled={job.cancelling || cancel.isPending}
      onClick={() => cancel.mutate(job.job_id)}
    >
      {t("data.job.cancel")}
    </button>
  );
}
