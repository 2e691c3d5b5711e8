import { useTranslation } from "react-i18next";
import { CHOICES, choose, useChoice } from "../theme/theme";

/** Goes through the system's colours, light and dark. */
export function ThemeSwitch() {
  const { t } = useTranslation();
  const now = useChoice();
  const next = CHOICES[(CHOICES.indexOf(now) + 1) % CHOICES.length] ?? "auto";
  const label = t("shell.theme.label", { now: t(`shell.theme.${now}`) });
  return (
    <button type="button" className="plain theme" aria-label={label} title={label} onClick={() => choose(next)}>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.5" />
        {now === "auto" && <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />}
        {now === "dark" && <circle cx="8" cy="8" r="6" fill="currentColor" />}
      </svg>
    </button>
  );
}
