import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { isSomebody, useExpired, useSession } from "../api/session";
import { useSignInAddress } from "../states";
import { AccountMenu } from "./AccountMenu";
import { LanguageSwitch } from "./LanguageSwitch";
import mark from "./mark.svg";
import { NAV } from "./nav";
import "./shell.css";
import { ThemeSwitch } from "./ThemeSwitch";

/** What stands around every page. */
export function Shell(props: { children: ReactNode }) {
  const { t } = useTranslation();
  const main = useRef<HTMLElement>(null);
  const [path] = useLocation();
  const before = useRef(path);
  useEffect(() => {
    if (before.current !== path) main.current?.focus({ preventScroll: true });
    before.current = path;
  }, [path]);
  return (
    <>
      <a className="skip" href="#content">
        {t("shell.skip")}
      </a>
      <header className="shell">
        <Link className="mark" href="/" title={t("shell.home")}>
          <img src={mark} alt="" width={22} height={22} />
          <span>{t("shell.title")}</span>
        </Link>
        <Navigation />
        <div className="switches">
          <LanguageSwitch />
          <ThemeSwitch />
          <AccountMenu />
        </div>
      </header>
      <ExpiredNote />
      <main id="content" ref={main} tabIndex={-1}>
        {props.children}
      </main>
      <Footer />
    </>
  );
}

function Navigation() {
  const { t } = useTranslation();
  const { data: who } = useSession();
  const [path] = useLocation();
  const seen = NAV.filter((one) => one.roles === undefined || one.roles.some((role) => who?.roles.includes(role)));
  const here = (to: string) => (to === "/" ? path === "/" : path === to || path.startsWith(`${to}/`));
  return (
    <nav aria-label={t("shell.pages")}>
      {seen.map((one) => (
        <Link key={one.to} href={one.to} aria-current={here(one.to) ? "page" : undefined}>
          {t(one.title)}
        </Link>
      ))}
    </nav>
  );
}

function ExpiredNote() {
  const { t } = useTranslation();
  const { user, dismiss } = useExpired();
  const { data: who } = useSession();
  const address = useSignInAddress();
  if (user === undefined || isSomebody(who)) return null;
  return (
    <div className="expired note warn row" role="alert">
      <span>{t("shell.expired", { user })}</span>
      <Link className="button" href={address}>
        {t("shell.signInAgain")}
      </Link>
      <button type="button" className="plain" onClick={dismiss}>
        {t("shell.dismiss")}
      </button>
    </div>
  );
}

function Footer() {
  const { t } = useTranslation();
  return (
    <footer className="shell">
      <span>{t("shell.footer.times")}</span>
      <a href="/api/v1/openapi.json">{t("shell.footer.api")}</a>
      <a href="/hapi">{t("shell.footer.hapi")}</a>
      <a href="/stac">{t("shell.footer.stac")}</a>
    </footer>
  );
}
