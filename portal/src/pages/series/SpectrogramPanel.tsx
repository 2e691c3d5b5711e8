import { useTranslation } from "react-i18next";
import { Sentence } from "../../words/Told";
import { Spectrogram } from "../../figures/Spectrogram";
import { Answer } from "../../states";
import { type Choice, durationText, nameOf } from "./chosen";
import { useSpectrogram } from "./useSpectrogram";

const HEIGHT = 240;

/** The spectrogram of one of the chosen series, and which. */
export function SpectrogramPanel(props: {
  choices: readonly Choice[];
  chosen: string;
  start: string;
  stop: string;
  onChoose: (id: string) => void;
}) {
  const { t } = useTranslation();
  const choices = props.choices.filter((one) => one.shape === "series");
  const choice = choices.find((one) => one.id === props.chosen);
  if (choices.length === 0) return null;
  return (
    <section className="variable">
      <header className="row">
        <h2>{t("series.spectrum")}</h2>
        <select value={choice?.id ?? ""} aria-label={t("series.spectrumOf")} onChange={(event) => props.onChoose(event.target.value)}>
          <option value="">{t("series.noSpectrum")}</option>
          {choices.map((one) => <option key={one.id} value={one.id}>{nameOf(one, t("series.archive"))} {one.variable}</option>)}
        </select>
      </header>
      {choice !== undefined && <Of choice={choice} start={props.start} stop={props.stop} />}
    </section>
  );
}

function Of({ choice, start, stop }: { choice: Choice; start: string; stop: string }) {
  const { t } = useTranslation();
  const query = useSpectrogram(choice, start, stop);
  return (
    <Answer query={query} empty={(told) => told.power.every((one) => one.every((value) => value === null))}
      loading={<div style={{ height: HEIGHT }} className="waiting">{t("series.loading")}</div>}>
      {(told) => (
        <>
          <Spectrogram told={told} from={Date.parse(start) / 1000} to={Date.parse(stop) / 1000} height={HEIGHT}
            summary={`${t("series.spectrum")}: ${nameOf(choice, t("series.archive"))} ${choice.variable}, ${start} – ${stop}`} />
          <p className="small faint indented">{t("series.segments", { length: durationText(told.segment_s) })} · <Sentence text={told.method} /></p>
        </>
      )}
    </Answer>
  );
}
