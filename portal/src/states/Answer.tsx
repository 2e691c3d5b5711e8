import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "../api/problem";
import { Loading } from "./Loading";
import { Offline, ProblemScreen } from "./ProblemScreen";
import { Screen } from "./Screen";

/** A query, of one page or of several. */
interface Asked<T> {
  data: T | undefined;
  error: Error | null;
  failureReason: Error | null;
  refetch: () => unknown;
}

/** What a query answers, or the designed state in its place: loading, no server, an error, nothing found. */
export function Answer<T>(props: {
  query: Asked<T>;
  /** True where the answer holds nothing. */
  empty?: (data: T) => boolean;
  /** What stands there then; the usual words where not given. */
  whenEmpty?: ReactNode;
  /** What stands there while it loads. */
  loading?: ReactNode;
  children: (data: T) => ReactNode;
}) {
  const { query } = props;
  const again = () => void query.refetch();
  if (query.data !== undefined) {
    if (props.empty?.(query.data)) return <>{props.whenEmpty ?? <Empty />}</>;
    return <>{props.children(query.data)}</>;
  }
  if (query.error) return <ProblemScreen error={query.error} again={again} />;
  if (query.failureReason instanceof Problem && query.failureReason.passing) return <Offline again={again} />;
  return <>{props.loading ?? <Loading />}</>;
}

/** No result. */
export function Empty(props: { children?: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Screen title={t("states.empty.title")} next={t("states.empty.next")}>
      {props.children}
    </Screen>
  );
}

/** More results than a page shows. */
export function TooMuch(props: { count: number | string; most: number; children?: ReactNode }) {
  const { t } = useTranslation();
  const { count, most } = props;
  return (
    <Screen title={t("states.tooMuch.title")} next={t("states.tooMuch.next", { count: count as number, most })}>
      {props.children}
    </Screen>
  );
}
