import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ChangeView } from "./view";

/** A place and a window, by numbers. */
export function PlaceForm(props: { change: ChangeView }) {
  const { t } = useTranslation();
  const [latitude, setLatitude] = useState("");
  const [longitude, setLongitude] = useState("");
  const [radius, setRadius] = useState("500");
  const [start, setStart] = useState("");
  const [stop, setStop] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    props.change({ near: `${Number(latitude)},${Number(longitude)}`, radius_km: Number(radius), start, stop });
  };
  const degrees = { type: "number", step: "any", required: true, className: "degrees" } as const;
  return (
    <form className="row end" onSubmit={submit}>
      <label className="field">
        <span>{t("around.finder.latitude")}</span>
        <input {...degrees} min={-90} max={90} value={latitude} onChange={(e) => setLatitude(e.target.value)} />
      </label>
      <label className="field">
        <span>{t("around.finder.longitude")}</span>
        <input {...degrees} min={-180} max={180} value={longitude} onChange={(e) => setLongitude(e.target.value)} />
      </label>
      <label className="field">
        <span>{t("around.finder.radius")}</span>
        <input {...degrees} min={1} max={20040} value={radius} onChange={(e) => setRadius(e.target.value)} />
      </label>
      <label className="field">
        <span>{t("around.finder.from")}</span>
        <input type="date" required value={start} onChange={(e) => setStart(e.target.value)} />
      </label>
      <label className="field">
        <span>{t("around.finder.until")}</span>
        <input type="date" required min={start} value={stop} onChange={(e) => setStop(e.target.value)} />
      </label>
      <button type="submit">{t("around.finder.look")}</button>
    </form>
  );
}
