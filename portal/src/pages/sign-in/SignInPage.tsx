import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { text, useAddress } from "../../address";
import { isSomebody, useSession, useSignIn } from "../../api/session";
import { Page } from "../../shell/Page";
import { Loading, Trouble } from "../../states";
import { PasswordForm } from "./PasswordForm";
import "./sign-in.css";

const VIEW = { to: text("/") };

/** Signing in; who is signed in changes the password here. */
export default function SignInPage() {
  const { t } = useTranslation();
  const { data: who } = useSession();
  const [{ to }] = useAddress(VIEW);
  const own = ownPath(to);
  if (who === undefined) return <Page title={t("signIn.title")}><Loading lines={3} /></Page>;
  const { institution } = who;
  if (!isSomebody(who)) return <Page title={t("signIn.title")}><Ways institution={institution} to={own} /></Page>;
  return (
    <Page title={t("shell.account")}>
      <div className="stack">
        <p>
          {t("signIn.signedIn", { user: who.user })} <Link href={own}>{t("signIn.goOn")}</Link>
        </p>
        <PasswordForm />
      </div>
    </Page>
  );
}

/** A path of this portal; what leads elsewhere is the home. */
export function ownPath(to: string): string {
  const url = new URL(to, window.location.origin);
  return url.origin === window.location.origin ? `${url.pathname}${url.search}` : "/";
}

/** How one may sign in here: by an institution, where the server knows one, and by a password. */
function Ways(props: { institution: string | null; to: string }) {
  const { t } = useTranslation();
  const { institution, to } = props;
  return (
    <div className="ways">
      {institution !== null && (
        <>
          <a className="button main" href={`/api/v1/oidc/login?${new URLSearchParams({ to })}`}>
            {t("signIn.with", { institution })}
          </a>
          <p className="or faint small">{t("signIn.or")}</p>
        </>
      )}
      <SignInForm to={to} main={institution === null} />
      <p className="faint">{t("signIn.without")}</p>
    </div>
  );
}

function SignInForm(props: { to: string; main: boolean }) {
  const { t } = useTranslation();
  const [, go] = useLocation();
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useSignIn();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate({ user, password }, { onSuccess: () => go(props.to, { replace: true }) });
  };
  return (
    <form className="sign-in" onSubmit={submit}>
      <label className="field">
        <span>{t("signIn.user")}</span>
        <input name="user" autoComplete="username" required value={user} onChange={(e) => setUser(e.target.value)} />
      </label>
      <label className="field">
        <span>{t("signIn.password")}</span>
        <input
          name="password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(e) => setPassword(e.target.value)}
        />
      </label>
      {signIn.error && <Trouble error={signIn.error} />}
      <button type="submit" className={props.main ? "main" : undefined} disabled={signIn.isPending}>
        {signIn.isPending ? t("signIn.acting") : t("signIn.act")}
      </button>
    </form>
  );
}
