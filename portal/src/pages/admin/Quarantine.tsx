import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { answerOf, api, type Schemas } from "../../api/client";
import { minute } from "../../figures/numbers";
import { octets } from "../../figures/octets";
import { Table } from "../../shell/Table";
import { Answer, Screen } from "../../states";

const SHOWN = 200;

/** Files that could not be read, and why. */
export function Quarantine() {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ["quarantine"],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v1/quarantine", { signal })),
  });
  const none = <Screen title={t("admin.quarantineNone")} next={t("admin.quarantineNoneNext")} />;
  return (
    <Answer query={query} empty={(all) => all.length === 0} whenEmpty={none}>
      {(all) => (
        <div className="stack">
          {all.length > SHOWN && <Many all={all} />}
          <Files shown={all.slice(0, SHOWN)} />
        </div>
      )}
    </Answer>
  );
}

function Many(props: { all: readonly Schemas["SetAside"][] }) {
  const { t } = useTranslation();
  const size = octets(props.all.reduce((sum, one) => sum + (one.kept ? one.bytes : 0), 0));
  return (
    <p className="note warn" role="status">
      {t("admin.quarantineMany", { count: props.all.length, most: SHOWN, size })}
    </p>
  );
}

function Files(props: { shown: readonly Schemas["SetAside"][] }) {
  const { t } = useTranslation();
  return (
    <Table heads={[t("admin.file"), t("admin.reason"), { text: t("admin.size"), as: "number" }, t("admin.since")]}>
      {props.shown.map((one) => (
        <tr key={`${one.name} ${one.sha256}`}>
          <td className="mono">{one.name}</td>
          <td className="reason" lang="en">{one.reason}</td>
          <td className="number nowrap">
            {octets(one.bytes)}
            {!one.kept && <span className="tag">{t("admin.dropped")}</span>}
          </td>
          <td className="nowrap">{minute(one.since)}</td>
        </tr>
      ))}
    </Table>
  );
}
