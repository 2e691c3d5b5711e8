import { useTranslation } from "react-i18next";
import { percent } from "../../figures/numbers";
import { isActive, type Job, useCancel } from "./jobs";

/** How far a job is, and a way to end it; why it failed where it did. */
export function JobProgress(props: { job: Job }) {
  const { t } = useTranslation();
  const { job } = props;
  const cancel = useCancel(job.job_id);
  const left = job.left_s === null ? "" : t("studies.job.left", { seconds: Math.max(1, Math.round(job.left_s)) });
  return (
    <div className="job" role="status" aria-live="polite">
      <div className="row">
        <span className={job.state === "failed" ? "tag bad" : "tag"}>{t(`studies.job.states.${job.state}`)}</span>
        <span>{job.title}</span>
        {isActive(job) && (
          <>
            <progress max={1} value={job.state === "waiting" ? 0 : job.done} aria-label={job.title} />
            <span>{percent(job.done, 0)}</span>
            <span className="faint">
              {job.message} {left}
            </span>
            <button type="button" className="plain" disabled={job.cancelling || cancel.isPending} onClick={() => cancel.mutate()}>
              {t("studies.job.cancel")}
            </button>
          </>
        )}
      </div>
      {job.state === "failed" && <p className="note bad">{job.message}</p>}
      {cancel.error && <p className="note bad">{cancel.error.message}</p>}
    </div>
  );
}
