import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { DAY_MS, dateText, dayOf, stepped, STEP_MS, timeText } from "../../map/moments";

const FRAME_MS = 250;
const FRAME_STEPS = 3;

/** The instant that the map shows: a slider over its day, days before and after, a date, and the day as a film. */
export function TimeBar(props: { at: number; ended: boolean; onChange: (at: number) => void }) {
  const { t } = useTranslation();
  const { at, ended, onChange } = props;
  const [plays, setPlays] = useState(false);
  const day = dayOf(at);

  useEffect(() => {
    if (!plays) return;
    const timer = setTimeout(() => onChange(day + ((at - day + FRAME_STEPS * STEP_MS) % DAY_MS)), FRAME_MS);
    return () => clearTimeout(timer);
  }, [plays, at, day, onChange]);

  return (
    <div className="time-bar" role="group" aria-label={t("map.time.label")}>
      <div className="row">
        <button type="button" aria-label={t("map.time.dayBefore")} onClick={() => onChange(at - DAY_MS)}>‹</button>
        <input type="date" aria-label={t("map.time.date")} value={dateText(at)}
          onChange={({ target }) => Number.isNaN(target.valueAsNumber) || onChange(target.valueAsNumber + (at - day))} />
        <button type="button" aria-label={t("map.time.dayAfter")} onClick={() => onChange(at + DAY_MS)}>›</button>
      </div>
      <button type="button" aria-pressed={plays} onClick={() => setPlays(!plays)}>{t(plays ? "map.time.stop" : "map.time.play")}</button>
      <label className="time-slider">
        <span className="unseen">{t("map.time.slider")}</span>
        <input type="range" min={0} max={DAY_MS - STEP_MS} step={STEP_MS} value={at - day} aria-valuetext={`${timeText(at)} UTC`}
          onChange={({ target }) => onChange(day + Number(target.value))} />
        <span className="time-ticks" aria-hidden="true">{[0, 6, 12, 18, 24].map((hour) => <span key={hour}>{String(hour).padStart(2, "0")}</span>)}</span>
      </label>
      <output className="time-now"><time dateTime={new Date(at).toISOString()}>{timeText(at)}</time> UTC</output>
      <button type="button" className="plain" title={ended ? t("map.time.ended") : undefined} onClick={() => onChange(stepped(Date.now()))}>{t("map.time.now")}</button>
    </div>
  );
}
