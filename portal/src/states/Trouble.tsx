import { useTranslation } from "react-i18next";
import { Problem } from "../api/problem";
import { problem } from "../words/told";
import { Said, ServersOwn } from "../words/Told";

/** What went wrong, in a note. */
export function Trouble(props: { error: Error; className?: string }) {
  return (
    <div className={props.className ?? "note bad"} role="alert">
      <TroubleWords error={props.error} />
    </div>
  );
}

/** The same without the note: what kind of problem it is, and beneath it, in another language, the server's own words. */
export function TroubleWords({ error }: { error: Error }) {
  const { t } = useTranslation();
  if (error instanceof Problem && error.status === 0) return t("states.offline.title");
  const words = problem(error);
  return (
    <>
      <Said words={words} />
      {words.text !== error.message && <ServersOwn text={error.message} />}
    </>
  );
}
