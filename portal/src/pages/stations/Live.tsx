import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { text, useAddress } from "../../address";
import { answerOf, api, type Schemas } from "../../api/client";
import { minute, second } from "../../figures/numbers";
import type { Answer as Values } from "../../figures/trace";
import { useTheme } from "../../theme/theme";
import { Answer } from "../../states";
import { cadenceSeconds, choicesOf, durationText } from "../series/chosen";
import { panelsOf } from "../series/variablePanels";
import { useMeanings } from "../series/useSeries";
import { VariablePlot } from "../series/VariablePlot";
import { liveWindow, pauseBetween } from "./liveWindow";

const VIEW = { live: text() };
const BUCKETS = 720;
const TALL_PX = 120;

type StationSeries = Schemas["StationSeries"];

/** The last 24 hours of one of a station's series; while values come, it asks for them again by itself. */
export function Live({ series }: { series: readonly StationSeries[] }) {
  const { t } = useTranslation();
  const [view, change] = useAddress(VIEW);
  const newest = [...series].sort((a, b) => (a.last < b.last ? 1 : -1));
  const one = newest.find((other) => other.collection_id === view.live) ?? newest[0];
  if (one === undefined) return null;
  return (
    <section className="stack">
      <header className="row">
        <h2>{t("stations.live")}</h2>
        <select aria-label={t("stations.series")} value={one.collection_id} onChange={(event) => change({ live: event.target.value })}>
          {series.map((other) => <option key={other.version} value={other.collection_id}>{other.collection_id}</option>)}
        </select>
      </header>
      <LastDay series={one} />
    </section>
  );
}

function LastDay({ series }: { series: StationSeries }) {
  const { t } = useTranslation();
  const pause = pauseBetween(series.last, cadenceSeconds(series.cadence), Date.now());
  const query = useQuery({
    queryKey: ["live", series.collection_id, series.platform],
    queryFn: async ({ signal }) => {
      const window = liveWindow(series.last, Date.now());
      const few = 86_400 / (cadenceSeconds(series.cadence) ?? 1) <= 2 * BUCKETS;
      const asked = { collection: series.collection_id, station: series.platform, ...window, ...(few ? {} : { points: BUCKETS }) };
      const answer = (await answerOf(api.GET("/api/v1/series", { params: { query: asked }, signal }))) as unknown as Values;
      return { answer, window, at: new Date().toISOString() };
    },
    refetchInterval: pause ?? false,
    refetchIntervalInBackground: false,
  });
  return (
    <Answer query={query}>
      {({ answer, window, at }) => (
        <>
          <p className="small faint" role="status">
            {pause === undefined
              ? t("stations.silent", { since: minute(series.last) })
              : t("stations.liveNow", { every: durationText(pause / 1000), at: second(at) })}
          </p>
          <Plots series={series} answer={answer} window={window} />
        </>
      )}
    </Answer>
  );
}

function Plots({ series, answer, window }: { series: StationSeries; answer: Values; window: { start: string; stop: string } }) {
  const { t } = useTranslation();
  const theme = useTheme();
  const meanings = useMeanings();
  const panels = useMemo(() => {
    const words = { log: t("figures.log"), linear: t("figures.linear"), centred: t("figures.median") };
    const told = choicesOf([series]).map((choice) => ({ chosen: choice, name: choice.name, simulated: choice.simulated, answer }));
    return panelsOf(told, meanings, { theme, flagged: true, centred: false, switched: [], words });
  }, [series, answer, meanings, theme, t]);
  return (
    <div className="live">
      {panels.map((panel) => (
        <VariablePlot key={panel.variable} panel={panel} from={Date.parse(window.start) / 1000} to={Date.parse(window.stop) / 1000} height={TALL_PX} />
      ))}
    </div>
  );
}
