import { type FormEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Kind, type Region, regionText } from "../../map/region";
import { meant, NOTHING, SIDES, type Texts, textsOf } from "./placeTexts";

/** A place and a window, by numbers: what is drawn stands in them, and what is written is drawn. */
export function PlaceForm(props: {
  kind: Kind;
  region: Region | undefined;
  start: string;
  stop: string;
  onRegion: (region: Region | undefined) => void;
  onLook: (start: string, stop: string) => void;
}) {
  const { t } = useTranslation();
  const { kind, region } = props;
  const [said, setSaid] = useState<Texts>(() => ({ ...NOTHING, ...textsOf(region) }));
  const [start, setStart] = useState(props.start);
  const [stop, setStop] = useState(props.stop);
  const key = region === undefined ? "" : regionText(region);
  useEffect(() => {
    setSaid((now) => {
      const own = region && meant(now, region.kind);
      return region === undefined || (own !== undefined && regionText(own) === key) ? now : { ...now, ...textsOf(region) };
    });
  }, [key]);
  const shown = useRef(kind);
  useEffect(() => {
    if (shown.current !== kind) props.onRegion(meant(said, kind)); // what stood there before is drawn again
    shown.current = kind;
  }, [kind]);
  const write = (name: keyof Texts, text: string) => {
    const next = { ...said, [name]: text };
    setSaid(next);
    props.onRegion(meant(next, kind));
  };
  const wrong = kind === "box" && Number(said.south) > Number(said.north) && said.north !== "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (meant(said, kind) !== undefined) props.onLook(start, stop);
  };
  return (
    <form className="row end" onSubmit={submit}>
      {SIDES[kind].map(({ name, least, most }) => (
        <label key={name} className="field">
          <span>{t(`around.finder.${name}`)}</span>
          <input type="number" step="any" required className="degrees" min={least} max={most} value={said[name]} onChange={(e) => write(name, e.target.value)} />
        </label>
      ))}
      <label className="field">
        <span>{t("around.finder.from")}</span>
        <input type="date" required value={start} onChange={(e) => setStart(e.target.value)} />
      </label>
      <label className="field">
        <span>{t("around.finder.until")}</span>
        <input type="date" required min={start} value={stop} onChange={(e) => setStop(e.target.value)} />
      </label>
      <button type="submit" className="main">{t("around.finder.look")}</button>
      {wrong && <p className="note bad" role="alert">{t("around.finder.upsideDown")}</p>}
    </form>
  );
}
