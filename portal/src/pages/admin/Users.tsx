import { useQuery } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { minute } from "../../figures/numbers";
import { Answer } from "../../states";
import { type Account, ROLES, type Role, useAccountChanges, useAccounts } from "./accounts";
import { Said } from "./Said";

/** Who has an account, their member and roles; new ones, changes, passwords. */
export function Users() {
  const { t } = useTranslation();
  const query = useAccounts();
  const [edited, setEdited] = useState<string>();
  return (
    <div className="stack">
      <Answer query={query}>
        {(all) => (
          <div className="scrolls">
            <table>
              <thead>
                <tr>
                  <th scope="col">{t("admin.user")}</th>
                  <th scope="col">{t("admin.member")}</th>
                  <th scope="col">{t("admin.roles")}</th>
                  <th scope="col">{t("admin.since")}</th>
                  <th scope="col">
                    <span className="unseen">{t("admin.change")}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {all.map((one) => (
                  <Row key={one.user} one={one} edited={edited === one.user} edit={setEdited} />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Answer>
      <NewAccount />
    </div>
  );
}

function Row(props: { one: Account; edited: boolean; edit: (user: string | undefined) => void }) {
  const { t } = useTranslation();
  const { one, edited, edit } = props;
  return (
    <>
      <tr>
        <td>{one.user}</td>
        <td>{one.member || t("admin.none")}</td>
        <td>{one.roles.map((role) => roleName(role, t)).join(", ")}</td>
        <td className="nowrap">{minute(one.since)}</td>
        <td>
          <button
            type="button"
            aria-expanded={edited}
            aria-label={`${t("admin.change")}: ${one.user}`}
            onClick={() => edit(edited ? undefined : one.user)}
          >
            {t("admin.change")}
          </button>
        </td>
      </tr>
      {edited && (
        <tr>
          <td colSpan={5}>
            <EditAccount one={one} close={() => edit(undefined)} />
          </td>
        </tr>
      )}
    </>
  );
}

function roleName(role: string, t: ReturnType<typeof useTranslation>["t"]): string {
  const known = ROLES.find((one) => one === role);
  return known === undefined ? role : t(`shell.roles.${known}`);
}

function EditAccount(props: { one: Account; close: () => void }) {
  const { t } = useTranslation();
  const { one, close } = props;
  const { change, remove, password } = useAccountChanges();
  const [secret, setSecret] = useState("");
  const done = change.data ?? password.data;
  const setIt = (event: FormEvent) => {
    event.preventDefault();
    password.mutate({ user: one.user, password: secret }, { onSuccess: () => setSecret("") });
  };
  const removeIt = () => {
    if (window.confirm(t("admin.removeSure", { user: one.user }))) remove.mutate(one.user, { onSuccess: close });
  };
  return (
    <>
      <AccountForm
        member={one.member}
        roles={ROLES.filter((role) => one.roles.includes(role))}
        submit={(member, roles) => change.mutate({ user: one.user, member, roles })}
        act={t("admin.save")}
      >
        <button type="button" className="bad" onClick={removeIt} aria-label={t("admin.removeOf", { user: one.user })}>
          {t("admin.remove")}
        </button>
      </AccountForm>
      <form className="edit" onSubmit={setIt}>
        <label className="field">
          <span>{t("admin.passwordFor", { user: one.user })}</span>
          <input type="password" autoComplete="new-password" required value={secret} onChange={(e) => setSecret(e.target.value)} />
        </label>
        <button type="submit">{t("admin.setPassword")}</button>
      </form>
      <Said error={change.error ?? remove.error ?? password.error} done={done && t("admin.accountDone", { user: done })} />
    </>
  );
}

function NewAccount() {
  const { t } = useTranslation();
  const { add } = useAccountChanges();
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  return (
    <section>
      <h2>{t("admin.addUser")}</h2>
      <AccountForm member="" roles={["user"]} submit={(member, roles) => add.mutate({ user, member, roles, password })} act={t("admin.add")}>
        <label className="field">
          <span>{t("admin.user")}</span>
          <input required autoComplete="off" value={user} onChange={(e) => setUser(e.target.value)} />
        </label>
        <label className="field">
          <span>{t("admin.password")}</span>
          <input type="password" autoComplete="new-password" value={password} onChange={(e) => setPassword(e.target.value)} />
        </label>
      </AccountForm>
      <Said error={add.error} done={add.data && t("admin.accountDone", { user: add.data })} />
    </section>
  );
}

function AccountForm(props: {
  member: string;
  roles: readonly Role[];
  submit: (member: string, roles: Role[]) => void;
  act: string;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const [member, setMember] = useState(props.member);
  const [roles, setRoles] = useState<readonly Role[]>(props.roles);
  const members = useQuery({
    queryKey: ["members"],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v1/members", { signal })),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    props.submit(member, [...roles]);
  };
  return (
    <form className="edit" onSubmit={submit}>
      {props.children}
      <label className="field">
        <span>{t("admin.member")}</span>
        <select value={member} onChange={(e) => setMember(e.target.value)}>
          <option value="">{t("admin.none")}</option>
          {members.data?.map((one) => (
            <option key={one.code} value={one.code}>
              {one.name}
            </option>
          ))}
        </select>
      </label>
      <fieldset>
        <legend>{t("admin.roles")}</legend>
        {ROLES.map((role) => (
          <label key={role} className="check">
            <input
              type="checkbox"
              checked={roles.includes(role)}
              disabled={roles.length === 1 && roles[0] === role}
              onChange={(e) => setRoles(e.target.checked ? [...roles, role] : roles.filter((one) => one !== role))}
            />
            {t(`shell.roles.${role}`)}
          </label>
        ))}
      </fieldset>
      <button type="submit" className="main">
        {props.act}
      </button>
    </form>
  );
}
