import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Told } from "../../words/Told";
import { answerOf, api, type Schemas } from "../../api/client";
import { useSession } from "../../api/session";
import { bound, whole } from "../../figures/numbers";
import { Table } from "../../shell/Table";
import { Answer } from "../../states";
import { Said } from "./Said";

/** The member states, what each has handed in as far as one may see, and a new one. */
export function Members() {
  const members = useQuery({
    queryKey: ["members"],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v1/members", { signal })),
  });
  const held = useQuery({
    queryKey: ["statistics"],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v1/statistics", { signal })),
  });
  const { data: who } = useSession();
  return (
    <div className="stack">
      <Answer query={members}>{(all) => <Held members={all} held={held.data ?? []} />}</Answer>
      {who?.roles.includes("project_admin") && <NewMember />}
    </div>
  );
}

function Held(props: { members: readonly Schemas["Member"][]; held: readonly Schemas["Holdings"][] }) {
  const { t } = useTranslation();
  const archive = props.held.filter((one) => one.member === "").map(() => ({ code: "", name: t("admin.archive") }));
  const held = new Map(props.held.map((one) => [one.member, one]));
  return (
    <Table
      heads={[
        t("admin.code"),
        t("admin.name"),
        { text: t("admin.collections"), as: "number" },
        { text: t("admin.granules"), as: "number" },
        { text: t("admin.values"), as: "number" },
        t("admin.span"),
      ]}
    >
      {[...props.members, ...archive].map((one) => {
        const its = held.get(one.code);
        return (
          <tr key={one.code}>
            <td className="mono">{one.code}</td>
            <td>{one.code === "" ? one.name : <Told of={`members.${one.code}`} en={one.name} />}</td>
            <td className="number">{whole(its?.collections ?? 0)}</td>
            <td className="number">{whole(its?.granules ?? 0)}</td>
            <td className="number">{whole(its?.count ?? 0)}</td>
            <td className="nowrap">{its?.start && its.last ? `${bound(its.start)} – ${bound(its.last)}` : ""}</td>
          </tr>
        );
      })}
    </Table>
  );
}

function NewMember() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [code, setCode] = useState("");
  const [name, setName] = useState("");
  const add = useMutation({
    mutationFn: (body: Schemas["NewMember"]) => answerOf(api.POST("/api/v1/members", { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["members"] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate({ code, name });
  };
  return (
    <section>
      <h2>{t("admin.addMember")}</h2>
      <form className="edit" onSubmit={submit}>
        <label className="field">
          <span>{t("admin.code")}</span>
          <input required size={8} pattern="[A-Z][A-Z0-9_\-]{1,19}" placeholder="NPL" value={code} onChange={(e) => setCode(e.target.value)} />
        </label>
        <label className="field">
          <span>{t("admin.name")}</span>
          <input required maxLength={200} value={name} onChange={(e) => setName(e.target.value)} />
        </label>
        <button type="submit" disabled={add.isPending}>
          {t("admin.add")}
        </button>
      </form>
      <Said error={add.error} done={add.data && t("admin.accountDone", { user: add.data.name })} />
    </section>
  );
}
