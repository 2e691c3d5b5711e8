import { useTranslation } from "react-i18next";
import { Link, useLocation, useSearch } from "wouter";
import { Problem } from "../api/problem";
import { problem } from "../words/told";
import { Said } from "../words/Told";
import { Screen } from "./Screen";

const FULL = new Set([413, 507]);

/** Where to sign in, and to come back from there to the view that one has. */
export function useSignInAddress(): string {
  const [path] = useLocation();
  const search = useSearch();
  return `/sign-in?${new URLSearchParams({ to: search === "" ? path : `${path}?${search}` })}`;
}

/** The screen of an error: what the server said, and what one can do. */
export function ProblemScreen(props: { error: unknown; again?: (() => void) | undefined }) {
  const { t } = useTranslation();
  const { error, again } = props;
  const status = error instanceof Problem ? error.status : -1;
  const detail = error instanceof Error ? error.message : String(error);
  const retry = again && (
    <button type="button" onClick={again}>
      {t("states.failed.again")}
    </button>
  );
  if (error instanceof Problem && error.passing) return <Offline again={again} />;
  if (status === 401) return <SignedOut />;
  if (status === 403) return <Screen alert title={t("states.forbidden.title")} next={t("states.forbidden.next")} detail={detail} />;
  if (status === 404) return <NotFound detail={detail} />;
  if (status === 429) return <Screen alert title={t("states.tooMany.title")} next={t("states.tooMany.next")} detail={detail}>{retry}</Screen>;
  if (FULL.has(status)) return <Screen alert title={t("states.full.title")} next={t("states.full.next")} detail={detail}>{retry}</Screen>;
  const words = problem(error instanceof Error ? error : new Error(detail));
  return (
    <Screen alert title={t("states.failed.title")} next={<Said words={words} />} detail={words.text === detail ? undefined : detail}>
      {retry}
    </Screen>
  );
}

/** No server answers; who shows this asks again by itself. */
export function Offline(props: { again?: (() => void) | undefined }) {
  const { t } = useTranslation();
  return (
    <Screen alert title={t("states.offline.title")} next={t("states.offline.next")}>
      {props.again && (
        <button type="button" onClick={props.again}>
          {t("states.offline.now")}
        </button>
      )}
    </Screen>
  );
}

/** What needs an account, asked as a guest. */
export function SignedOut() {
  const { t } = useTranslation();
  return (
    <Screen alert title={t("states.signedOut.title")} next={t("states.signedOut.next")}>
      <Link className="button main" href={useSignInAddress()}>
        {t("states.signedOut.act")}
      </Link>
    </Screen>
  );
}

/** What does not exist, or may not be seen: one cannot tell which. */
export function NotFound(props: { detail?: string }) {
  const { t } = useTranslation();
  return (
    <Screen alert title={t("states.notFound.title")} next={t("states.notFound.next")} detail={props.detail}>
      <Link className="button" href="/data">
        {t("states.notFound.act")}
      </Link>
    </Screen>
  );
}
