import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { TroubleWords } from "../../states";
import { minute } from "../../figures/numbers";
import { savePng, saveSvg } from "../../figures/save";
import { useTheme } from "../../theme/theme";
import { type Choice, nameOf } from "./chosen";
import { Downloads } from "./Downloads";
import { drawnFigure } from "./drawnFigure";
import { useSpectrogram } from "./useSpectrogram";
import { citations, type Look, type Meaning, panelsOf, type Told } from "./variablePanels";
import { type Shown, useSeries } from "./useSeries";
import { VariablePlot } from "./VariablePlot";
import type { View } from "./view";

const STRIP_PX = 104;
const RING_CURRENT = ["dst", "rc", "sym_h"];

/** The panels of what is chosen, below those of the indices; their files. */
export function Panels(props: {
  all: readonly Choice[];
  chosen: readonly Choice[];
  meanings: ReadonlyMap<string, Meaning>;
  view: View;
  start: string;
  stop: string;
  onZoom: (from: number, to: number) => void;
  onSwitch: (variable: string) => void;
  /** What stands below the panels. */
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const { chosen, view, start, stop, meanings } = props;
  const strip = useMemo(() => (view.indices ? indicesOf(props.all, chosen, start, stop) : []), [props.all, chosen, view.indices, start, stop]);
  const shown = useSeries(useMemo(() => [...strip, ...chosen], [strip, chosen]), start, stop);
  const look = useLook(view);
  const archive = t("series.archive");
  const panels = usePanels(shown, meanings, look, archive);
  const [from, to] = [Date.parse(start) / 1000, Date.parse(stop) / 1000];
  const ofSpectrum = chosen.find((one) => one.id === view.spectrum);
  const spectrogram = useSpectrogram(ofSpectrum, start, stop).data;
  const answers = shown.flatMap((one) => (one.answer === undefined ? [] : [one.answer]));
  const cited = citations([...answers, ...(spectrogram === undefined ? [] : [spectrogram])]);
  const save = (kind: "png" | "svg") => {
    const panels = panelsOf(toldOf(shown, archive), meanings, { ...look, theme: "light" });
    const below = ofSpectrum && spectrogram && { told: spectrogram, name: nameOf(ofSpectrum, archive), meaning: meanings.get(ofSpectrum.variable) };
    const drawn = drawnFigure(t, { panels, below, from, to, cited });
    const name = `soap_${start}_${stop}.${kind}`.replaceAll(":", "");
    if (kind === "svg") saveSvg(drawn, name);
    else void savePng(drawn, name);
  };
  return (
    <>
      <div className="panels" data-start={start} data-stop={stop} data-refined={shown.every((one) => one.current || one.error !== null)}>
        {panels.map((panel) => (
          <VariablePlot key={panel.variable} panel={panel} from={from} to={to} onZoom={props.onZoom}
            onSwitch={() => props.onSwitch(panel.variable)} {...(strip.some((one) => one.variable === panel.variable) ? { height: STRIP_PX } : {})} />
        ))}
        {panels.length === 0 && <div className="waiting">{t("series.loading")}</div>}
      </div>
      <Failures shown={shown} archive={archive} />
      <p className="small faint indented">{t("series.how")} {t("figures.time")}: {minute(start)} – {minute(stop)}.</p>
      {props.children}
      <Downloads choices={[...strip, ...chosen]} start={start} stop={stop} citations={cited} onFigure={save} />
    </>
  );
}

/** The look of the panels; the same object for as long as nothing changes. */
function useLook(view: View): Look {
  const { t } = useTranslation();
  const theme = useTheme();
  const words = useMemo(() => ({ log: t("figures.log"), linear: t("figures.linear"), centred: t("figures.median") }), [t]);
  const { flagged, centred, switched } = view;
  return useMemo(() => ({ theme, flagged, centred, switched, words }), [theme, flagged, centred, switched, words]);
}

/** Panels, made anew only when an answer or the look changes. */
function usePanels(shown: readonly Shown[], meanings: ReadonlyMap<string, Meaning>, look: Look, archive: string) {
  const ids = shown.map((one) => one.choice.id).join();
  return useMemo(() => panelsOf(toldOf(shown, archive), meanings, look), [ids, archive, ...shown.map((one) => one.answer), shown.length, meanings, look]);
}

function toldOf(shown: readonly Shown[], archive: string): Told[] {
  return shown.flatMap(({ choice, answer }) =>
    answer === undefined ? [] : [{ chosen: choice, name: nameOf(choice, archive), simulated: choice.simulated, answer }],
  );
}

/** Kp and one index of the ring current, where they are held in the window and not chosen anyway. */
export function indicesOf(all: readonly Choice[], chosen: readonly Choice[], start: string, stop: string): Choice[] {
  const held = all.filter((one) => one.start < stop && one.last >= start.slice(0, 10));
  const first = (names: readonly string[]) =>
    names.flatMap((name) => held.filter((one) => one.variable === name)).find((one) => !one.simulated || chosen.every((other) => other.simulated));
  return [first(["kp"]), first(RING_CURRENT)].filter(
    (one): one is Choice => one !== undefined && chosen.every((other) => other.variable !== one.variable),
  );
}

/** What could not be had, in the server's words. */
function Failures({ shown, archive }: { shown: readonly Shown[]; archive: string }) {
  const failed = shown.filter((one) => one.error !== null);
  return failed.map(({ choice, error }) => (
    <div key={choice.id} className="note" role="status"><strong>{nameOf(choice, archive)} {choice.variable}</strong>: {error && <TroubleWords error={error} />}</div>
  ));
}
