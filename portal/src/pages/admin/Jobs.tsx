import { useTranslation } from "react-i18next";
import { choice, useAddress } from "../../address";
import { Answer, Screen } from "../../states";
import { JobTable } from "../data/JobTable";
import { useJobs } from "../data/jobs";

const STATES = ["waiting", "running", "done", "failed", "cancelled"] as const;
const VIEW = { state: choice(["", ...STATES], "") };

/** Jobs: everybody's for who runs the archive, else one's own. */
export function Jobs() {
  const { t } = useTranslation();
  const [{ state }, change] = useAddress(VIEW);
  const query = useJobs();
  const none = <Screen title={t("admin.jobsNone")} next={t("admin.jobsNoneNext")} />;
  return (
    <div className="stack">
      <search className="conditions">
        <label className="field">
          <span>{t("admin.state")}</span>
          <select value={state} onChange={(event) => change({ state: STATES.find((one) => one === event.target.value) ?? "" })}>
            <option value="">{t("admin.allStates")}</option>
            {STATES.map((one) => (
              <option key={one} value={one}>
                {t(`data.job.states.${one}`)}
              </option>
            ))}
          </select>
        </label>
      </search>
      <Answer query={query} empty={(all) => all.length === 0} whenEmpty={none}>
        {(all) => <JobTable makers jobs={all.filter((job) => state === "" || job.state === state)} />}
      </Answer>
    </div>
  );
}
