import { useQuery } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { useTold } from "../../words/told";
import { ROLES, type Role } from "./accounts";

/** Member and roles of an account, with what else a form asks for as `children`. */
export function AccountForm(props: {
  member: string;
  roles: readonly Role[];
  submit: (member: string, roles: Role[]) => void;
  act: string;
  children: ReactNode;
}) {
  const [member, setMember] = useState(props.member);
  const [roles, setRoles] = useState<readonly Role[]>(props.roles);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    props.submit(member, [...roles]);
  };
  return (
    <form className="edit" onSubmit={submit}>
      {props.children}
      <MemberChoice value={member} change={setMember} />
      <RoleChoice value={roles} change={setRoles} />
      <button type="submit" className="main">
        {props.act}
      </button>
    </form>
  );
}

function MemberChoice(props: { value: string; change: (member: string) => void }) {
  const { t } = useTranslation();
  const told = useTold();
  const members = useQuery({
    queryKey: ["members"],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v1/members", { signal })),
  });
  return (
    <label className="field">
      <span>{t("admin.member")}</span>
      <select value={props.value} onChange={(e) => props.change(e.target.value)}>
        <option value="">{t("admin.none")}</option>
        {members.data?.map((one) => (
          <option key={one.code} value={one.code}>
            {told(`members.${one.code}`, one.name).text}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Roles, of which one has at least one. */
function RoleChoice(props: { value: readonly Role[]; change: (roles: readonly Role[]) => void }) {
  const { t } = useTranslation();
  const { value, change } = props;
  return (
    <fieldset>
      <legend>{t("admin.roles")}</legend>
      {ROLES.map((role) => (
        <label key={role} className="check">
          <input
            type="checkbox"
            checked={value.includes(role)}
            disabled={value.length === 1 && value[0] === role}
            onChange={(e) => change(e.target.checked ? [...value, role] : value.filter((one) => one !== role))}
          />
          {t(`shell.roles.${role}`)}
        </label>
      ))}
    </fieldset>
  );
}
