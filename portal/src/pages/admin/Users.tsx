import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { minute } from "../../figures/numbers";
import { roleName } from "../../shell/roles";
import { Table } from "../../shell/Table";
import { Answer } from "../../states";
import { AccountForm } from "./AccountForm";
import { type Account, ROLES, useAccountChanges, useAccounts } from "./accounts";
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
          <Table
            heads={[
              t("admin.user"),
              t("admin.member"),
              t("admin.roles"),
              t("admin.since"),
              { text: t("admin.change"), as: "unseen" },
            ]}
          >
            {all.map((one) => (
              <Row key={one.user} one={one} edited={edited === one.user} edit={setEdited} />
            ))}
          </Table>
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

function EditAccount(props: { one: Account; close: () => void }) {
  const { t } = useTranslation();
  const { one, close } = props;
  const { change, remove } = useAccountChanges();
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
      <Said error={change.error ?? remove.error} done={change.data && t("admin.accountDone", { user: change.data })} />
      <PasswordOf user={one.user} />
    </>
  );
}

function PasswordOf(props: { user: string }) {
  const { t } = useTranslation();
  const { user } = props;
  const { password } = useAccountChanges();
  const [secret, setSecret] = useState("");
  const setIt = (event: FormEvent) => {
    event.preventDefault();
    password.mutate({ user, password: secret }, { onSuccess: () => setSecret("") });
  };
  return (
    <>
      <form className="edit" onSubmit={setIt}>
        <label className="field">
          <span>{t("admin.passwordFor", { user })}</span>
          <input type="password" autoComplete="new-password" required value={secret} onChange={(e) => setSecret(e.target.value)} />
        </label>
        <button type="submit">{t("admin.setPassword")}</button>
      </form>
      <Said error={password.error} done={password.data && t("admin.accountDone", { user: password.data })} />
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
