import { useTranslation } from "react-i18next";
import { languageNow, speak } from "../words";

/** Changes between English and Chinese; it is named in the other language, for who reads that one. */
export function LanguageSwitch() {
  const { t } = useTranslation();
  const other = languageNow() === "en" ? "zh" : "en";
  return (
    <button
      type="button"
      className="plain"
      lang={other === "zh" ? "zh-Hans" : "en"}
      aria-label={`${t("shell.language")}: ${t("shell.languageLabel")}`}
      onClick={() => void speak(other)}
    >
      {t("shell.language")}
    </button>
  );
}
