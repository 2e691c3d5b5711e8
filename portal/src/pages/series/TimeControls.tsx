import { type FormEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { instantText } from "./chosen";
import { moved } from "./view";

/** The window as text to change, and buttons that move and zoom it. */
export function TimeControls(props: {
  start: string;
  stop: string;
  onWindow: (start: string, stop: string) => void;
  onAll: () => void;
}) {
  const { t } = useTranslation();
  const { start, stop } = props;
  const [said, setSaid] = useState({ start, stop });
  const [wrong, setWrong] = useState(false);
  useEffect(() => setSaid({ start, stop }), [start, stop]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const length = Date.parse(utc(said.stop)) - Date.parse(utc(said.start));
    setWrong(!(length > 0));
    if (length > 0) props.onWindow(utc(said.start), utc(said.stop));
  };
  const step = (share: number, factor: number) => {
    const [from, to] = moved(Date.parse(start), Date.parse(stop), share, factor);
    props.onWindow(instantText(from, to - from), instantText(to, to - from));
  };
  return (
    <form className="row end" onSubmit={submit}>
      {(["start", "stop"] as const).map((edge) => (
        <label className="field" key={edge}>
          <span>{t(edge === "start" ? "series.from" : "series.to")}</span>
          <input value={said[edge]} size={18} maxLength={40} spellCheck={false} aria-invalid={wrong}
            onChange={(event) => setSaid({ ...said, [edge]: event.target.value })} />
        </label>
      ))}
      <button type="submit">{t("series.show")}</button>
      <span className="row">
        <button type="button" onClick={() => step(-0.5, 1)} title={t("series.back")} aria-label={t("series.back")}>←</button>
        <button type="button" onClick={() => step(0.5, 1)} title={t("series.forth")} aria-label={t("series.forth")}>→</button>
        <button type="button" onClick={() => step(0, 0.5)} title={t("series.in")} aria-label={t("series.in")}>+</button>
        <button type="button" onClick={() => step(0, 2)} title={t("series.out")} aria-label={t("series.out")}>−</button>
        <button type="button" onClick={props.onAll}>{t("series.all")}</button>
      </span>
      {wrong && <p className="note bad" role="alert">{t("series.badWindow")}</p>}
    </form>
  );
}

/** An instant with its zone: what names none is UTC. */
function utc(text: string): string {
  const said = text.trim().replace(" ", "T");
  return said.includes("T") && !/(Z|[+-]\d\d:?\d\d)$/i.test(said) ? `${said}Z` : said;
}
