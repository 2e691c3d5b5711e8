import { useTranslation } from "react-i18next";

/** What is wrong with a field, beside it; a form that shows one is not sent. What is only missing yet is told quietly. */
export function Wrong(props: { words: string | undefined; missing?: boolean }) {
  if (props.words === undefined) return null;
  return (
    <span className={props.missing ? "tag" : "tag bad"} data-wrong="">
      {props.words}
    </span>
  );
}

/** What is wrong with a text, in words. */
export function useWrongText(): (wrong: "missing" | "form" | undefined, pattern?: string) => string | undefined {
  const { t } = useTranslation();
  return (wrong, pattern) => {
    if (wrong === undefined) return undefined;
    return wrong === "missing" ? t("studies.form.needed") : pattern === undefined ? t("studies.form.length") : t("studies.form.noName");
  };
}

/** Goes to the first field of a form that is wrong; false where none is. */
export function goToWrong(form: HTMLFormElement): boolean {
  const place = form.querySelector("[data-wrong]")?.closest(".field, fieldset");
  const entry = place?.querySelector<HTMLElement>("input, select, textarea, button");
  entry?.focus();
  return place !== undefined && place !== null;
}
