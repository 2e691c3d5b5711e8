import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import "./states.css";

const SLOW_MS = 4000;

/** Lines where content will stand; after some seconds it says that the link may be slow. */
export function Loading(props: { lines?: number; height?: number }) {
  const { t } = useTranslation();
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="skeleton" role="status" style={{ minHeight: props.height }}>
      {Array.from({ length: props.lines ?? 4 }, (_, line) => (
        <span key={line} aria-hidden="true" />
      ))}
      <p className={slow ? "faint small" : "unseen"}>{slow ? t("states.slow") : t("states.loading")}</p>
    </div>
  );
}
