import { useTranslation } from "react-i18next";
import { instant, text, useAddress } from "../../address";
import { second } from "../../figures/numbers";
import { octets } from "../../figures/octets";
import { Table } from "../../shell/Table";
import { Answer, Screen } from "../../states";
import { type Entry, useAudit } from "./audit";

const SHOWN = 300;
const DAY_MS = 86_400_000;

const today = () => new Date(Date.now()).toISOString().slice(0, 10);
const dayAfter = (day: string) => new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);

const VIEW = { start: instant(), stop: instant(), user: text() };

/** Who read or changed what, on the days that the URL names; today where it names none. */
export function Audit() {
  const { t } = useTranslation();
  const [view, change] = useAddress(VIEW);
  const start = view.start || today();
  const stop = view.stop || dayAfter(today());
  const query = useAudit(start, stop, view.user);
  const csv = `/api/v1/audit?${new URLSearchParams({ start, stop, format: "csv", ...(view.user === "" ? {} : { user: view.user }) })}`;
  const none = <Screen title={t("admin.auditNone")} next={t("admin.auditNoneNext")} />;
  return (
    <div className="stack">
      <search className="conditions">
        <label className="field">
          <span>{t("admin.auditFrom")}</span>
          <input type="date" value={start} onChange={(e) => change({ start: e.target.value })} />
        </label>
        <label className="field">
          <span>{t("admin.auditTo")}</span>
          <input type="date" value={stop} onChange={(e) => change({ stop: e.target.value })} />
        </label>
        <label className="field">
          <span>{t("admin.user")}</span>
          <input type="search" value={view.user} onChange={(e) => change({ user: e.target.value }, { replace: true })} />
        </label>
        <a className="button" href={csv} download="audit.csv">
          {t("admin.auditDownload")}
        </a>
      </search>
      <Answer query={query} empty={(all) => all.length === 0} whenEmpty={none}>
        {(all) => <Entries all={all} />}
      </Answer>
    </div>
  );
}

function Entries(props: { all: readonly Entry[] }) {
  const { t } = useTranslation();
  const { all } = props;
  return (
    <div className="stack">
      <p className="faint small" role="status">
        {t("admin.auditMany", { count: all.length, most: Math.min(SHOWN, all.length) })}
      </p>
      <Table
        heads={[
          t("admin.when"),
          t("admin.user"),
          t("admin.action"),
          t("admin.about"),
          { text: t("admin.outcome"), as: "number" },
          { text: t("admin.bytes"), as: "number" },
        ]}
      >
        {all.slice(0, SHOWN).map((one, at) => (
          <tr key={`${one.time} ${at}`}>
            <td className="nowrap">{second(one.time)}</td>
            <td className="nowrap">{one.member === "" ? one.user : `${one.user} · ${one.member}`}</td>
            <td className="mono">{one.action}</td>
            <td className="mono">{one.subject}</td>
            <td className="number">{one.outcome}</td>
            <td className="number nowrap">{octets(one.bytes)}</td>
          </tr>
        ))}
      </Table>
    </div>
  );
}
