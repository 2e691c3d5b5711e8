import { useTranslation } from "react-i18next";
import { languageNow } from "./index";
import { sentence, told, type Values, type Words } from "./told";

/** What the server says of something: at its place among the translations, else as it says it, marked as English. */
export function Told(props: { of: string; en: string; values?: Values }) {
  useTranslation();
  return <Said words={told(props.of, props.en, props.values)} />;
}

/** Words, marked where they are not of the page's language. */
export function Said({ words }: { words: Words }) {
  return words.lang === undefined ? words.text : <span lang={words.lang}>{words.text}</span>;
}

/** A sentence that the server keeps as text: one of its own in the page's language, others as they were given. */
export function Sentence({ text }: { text: string }) {
  useTranslation();
  return sentence(text);
}

/** English of the server for which there are no other words: beneath what the page says itself, to be opened. */
export function ServersOwn({ text }: { text: string }) {
  const { t } = useTranslation();
  if (languageNow() === "en") return text;
  return (
    <details className="small">
      <summary>{t("states.servers")}</summary>
      <span lang="en">{text}</span>
    </details>
  );
}
