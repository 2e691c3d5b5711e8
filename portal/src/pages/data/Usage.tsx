import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { answerOf, api, type Schemas } from "../../api/client";
import { isSomebody, useSession } from "../../api/session";
import { whole } from "../../figures/numbers";
import { octets } from "../../figures/octets";
import { Table } from "../../shell/Table";
import { Answer, Loading, SignedOut } from "../../states";

/** What one used in the last days, and may. */
export function Usage() {
  const { data: who } = useSession();
  if (who === undefined) return <Loading />;
  return isSomebody(who) ? <Uses /> : <SignedOut />;
}

function Uses() {
  const query = useQuery({ queryKey: ["usage"], queryFn: ({ signal }) => answerOf(api.GET("/api/v1/usage", { signal })) });
  return (
    <Answer query={query}>
      {(uses) => (
        <div className="stack">
          {uses.map((use) => (
            <OneUse key={use.kind} use={use} />
          ))}
        </div>
      )}
    </Answer>
  );
}

function OneUse(props: { use: Schemas["Use"] }) {
  const { t } = useTranslation();
  const { use } = props;
  const limit = (value: number, text: string) => (value === 0 ? t("data.usage.noLimit") : text);
  return (
    <section className="stack">
      <h2>{use.kind === "user" ? t("data.usage.user") : t("data.usage.member", { name: use.name })}</h2>
      <dl className="details">
        <dt>{t("data.usage.mayAsk")}</dt>
        <dd>{limit(use.requests_per_minute, `${whole(use.requests_per_minute)} ${t("data.usage.requests")}`)}</dd>
        <dt>{t("data.usage.mayTake")}</dt>
        <dd>{limit(use.bytes_per_day, `${octets(use.bytes_per_day)} ${t("data.usage.bytes")}`)}</dd>
      </dl>
      <Table
        className="usage"
        heads={[
          t("data.usage.day"),
          { text: t("data.usage.requestsDone"), as: "number" },
          { text: t("data.usage.bytesDone"), as: "number" },
          t("data.usage.ofLimit"),
        ]}
      >
        {use.days.toReversed().map((day) => (
          <tr key={day.date}>
            <td>{day.date}</td>
            <td className="number">{whole(day.requests)}</td>
            <td className="number">{octets(day.bytes)}</td>
            <td>
              <Part of={day.bytes} limit={use.bytes_per_day} />
            </td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

function Part(props: { of: number; limit: number }) {
  if (props.limit === 0) return null;
  const share = Math.min(1, props.of / props.limit);
  return (
    <div className="bar" aria-hidden="true">
      <span style={{ width: `${100 * share}%` }} />
    </div>
  );
}
