import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "wouter";
import { isSomebody, useSession } from "../../api/session";
import { Page } from "../../shell/Page";
import { Loading, NotFound, ProblemScreen, SignedOut } from "../../states";
import { Problem } from "../../api/problem";
import { Audit } from "./Audit";
import { Jobs } from "./Jobs";
import { Members } from "./Members";
import { Quarantine } from "./Quarantine";
import { Terms } from "./Terms";
import { Users } from "./Users";
import "../data/data.css";
import "./admin.css";

const RUNS = ["project_admin"] as const;
const MANAGES = ["member_admin", "project_admin"] as const;

/** The parts of this page, and who may open them. */
const PARTS = [
  ["members", Members, MANAGES],
  ["users", Users, RUNS],
  ["terms", Terms, MANAGES],
  ["quarantine", Quarantine, RUNS],
  ["audit", Audit, MANAGES],
  ["jobs", Jobs, MANAGES],
] as const satisfies readonly (readonly [string, ComponentType, readonly string[]])[];

/** What who runs the archive, and a member's data officer, look after. */
export default function AdminPage() {
  const { t } = useTranslation();
  const { data: who } = useSession();
  return (
    <Page title={t("admin.title")}>
      {who === undefined ? <Loading /> : isSomebody(who) ? <Parts roles={who.roles} /> : <SignedOut />}
    </Page>
  );
}

function Parts(props: { roles: readonly string[] }) {
  const { t } = useTranslation();
  const { part } = useParams<{ part?: string }>();
  const mine = PARTS.filter(([, , roles]) => roles.some((role) => props.roles.includes(role)));
  const opened = part === undefined ? mine[0] : PARTS.find(([name]) => name === part);
  if (mine.length === 0) return <ProblemScreen error={new Problem(403, "")} />;
  if (opened === undefined) return <NotFound />;
  const [name, Part] = opened;
  return (
    <>
      <nav className="tabs" aria-label={t("admin.parts.label")}>
        {mine.map(([one]) => (
          <Link key={one} href={`/admin/${one}`} aria-current={one === name ? "page" : undefined}>
            {t(`admin.parts.${one}`)}
          </Link>
        ))}
      </nav>
      {mine.includes(opened) ? <Part /> : <ProblemScreen error={new Problem(403, "")} />}
    </>
  );
}
