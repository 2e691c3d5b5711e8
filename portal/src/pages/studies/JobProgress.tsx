import { useTranslation } from "react-i18next";
import { Trouble } from "../../states";
import { sentence } from "../../words/told";
import { ServersOwn } from "../../words/Told";
import { percent } from "../../figures/numbers";
import { isActive, type Job, useCancel } from "./jobs";

/** How far a job is, and a way to end it; why it failed where it did. */
export function JobProgress(props: { job: Job }) {
  const { t } = useTranslation();
  const { job } = props;
  const title = sentence(job.title);
  const cancel = useCancel(job.job_id);
  const left = job.left_s === null ? "" : t("studies.job.left", { seconds: Math.max(1, Math.round(job.left_s)) });
  return (
    <div className="job" role="status" aria-live="polite">
      <div className="row">
        <span className={job.state === "failed" ? "tag bad" : "tag"}>{t(`studies.job.states.${job.state}`)}</span>
        <span>{title}</span>
        {isActive(job) && (
          <>
            <progress max={1} value={job.state === "waiting" ? 0 : job.done} aria-label={title} />
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
      {job.state === "failed" && <div className="note bad"><ServersOwn text={job.message} /></div>}
      {cancel.error && <Trouble error={cancel.error} />}
    </div>
  );
}
