import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useAddress } from "../../address";
import { Page } from "../../shell/Page";
import { Answer, Screen } from "../../states";
import { Chips } from "./Chips";
import { type Choice, chosenAmong, instantText, usualWindow, wholeWindow } from "./chosen";
import { Panels } from "./Panels";
import { Picker } from "./Picker";
import { SpectrogramPanel } from "./SpectrogramPanel";
import { TimeControls } from "./TimeControls";
import { useChoices, useMeanings } from "./useSeries";
import { replaced, toggled, VIEW } from "./view";
import "./series.css";

/** Any series, side by side, at any length: zooming refines. The URL holds the whole view. */
export default function SeriesPage() {
  const { t } = useTranslation();
  const choices = useChoices();
  return (
    <Page title={t("series.title")} wide>
      <Answer query={choices} empty={(all) => all.length === 0}>{(all) => <Explorer all={all} />}</Answer>
    </Page>
  );
}

function Explorer({ all }: { all: readonly Choice[] }) {
  const { t } = useTranslation();
  const [view, change] = useAddress(VIEW);
  const meanings = useMeanings();
  const chosen = useMemo(() => chosenAmong(all, view.s), [view.s, all]);
  const usual = useMemo(() => usualWindow(chosen), [chosen]);
  const [start, stop] = [view.start || usual?.start || "", view.stop || usual?.stop || ""];
  const window = useCallback((from: string, to: string) => change({ start: from, stop: to }), [change]);
  const zoom = useCallback(
    (from: number, to: number) => window(instantText(from * 1000, (to - from) * 1000), instantText(to * 1000, (to - from) * 1000)),
    [window],
  );
  const wholeShown = () => {
    const { start, stop } = wholeWindow(chosen);
    window(start, stop);
  };
  return (
    <div className="explorer">
      <Picker choices={all} chosen={view.s} sought={view.collection} meanings={meanings} onToggle={(id) => change({ s: toggled(view.s, id) })} />
      <div className="stack">
        {chosen.length === 0 ? (
          <Screen title={t("series.first")} next={t("series.firstNext")} />
        ) : (
          <>
            <Chips chosen={chosen} meanings={meanings} start={start} onRemove={(id) => change({ s: toggled(view.s, id) })}
              onReplace={(id, by) => change({ s: replaced(view.s, id, by), ...(view.spectrum === id ? { spectrum: by } : {}) })} />
            <div className="row end controls">
              <TimeControls start={start} stop={stop} onWindow={window} onAll={wholeShown} />
              <Switch on={view.indices} title={t("series.indices")} onChange={(indices) => change({ indices })} />
              <Switch on={view.centred} title={t("series.centred")} onChange={(centred) => change({ centred })} />
              <Switch on={view.flagged} title={t("series.flagged")} onChange={(flagged) => change({ flagged })} />
            </div>
            <Panels all={all} chosen={chosen} meanings={meanings} view={view} start={start} stop={stop} onZoom={zoom}
              onSwitch={(variable) => change({ switched: toggled(view.switched, variable) })}>
              <SpectrogramPanel choices={chosen} chosen={view.spectrum} start={start} stop={stop} onChoose={(spectrum) => change({ spectrum })} />
            </Panels>
          </>
        )}
      </div>
    </div>
  );
}

function Switch(props: { on: boolean; title: string; onChange: (on: boolean) => void }) {
  return (
    <label className="check">
      <input type="checkbox" checked={props.on} onChange={(event) => props.onChange(event.target.checked)} />
      {props.title}
    </label>
  );
}
