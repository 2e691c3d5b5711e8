import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { isSomebody, useSession, useSignOut, type Who } from "../api/session";
import { useSignInAddress } from "../states";
import { roleName } from "./roles";

/** Who one is here, and the way in or out. */
export function AccountMenu() {
  const { t } = useTranslation();
  const { data: who } = useSession();
  const address = useSignInAddress();
  if (isSomebody(who)) return <Menu who={who} />;
  return (
    <Link className="button" href={address}>
      {t("shell.signIn")}
    </Link>
  );
}

function Menu(props: { who: Who }) {
  const { t } = useTranslation();
  const { who } = props;
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const signOut = useSignOut();
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div
      className="account"
      ref={box}
      onKeyDown={(event) => event.key === "Escape" && close()}
      onBlur={(event) => !box.current?.contains(event.relatedTarget) && setOpen(false)}
    >
      <button type="button" ref={button} aria-expanded={open} aria-controls="account" onClick={() => setOpen(!open)}>
        <span className="who">{who.user}</span>
        {who.member !== "" && <span className="faint">{who.member}</span>}
      </button>
      <div id="account" className="menu" hidden={!open}>
        <p className="small">{who.roles.map((role) => roleName(role, t)).join(", ")}</p>
        <Link href="/sign-in" onClick={() => setOpen(false)}>
          {t("shell.account")}
        </Link>
        <button type="button" onClick={() => signOut.mutate()}>
          {t("shell.signOut")}
        </button>
      </div>
    </div>
  );
}
