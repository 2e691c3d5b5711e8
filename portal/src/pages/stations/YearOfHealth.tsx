import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { choice, number, useAddress } from "../../address";
import { answerOf, api, type Schemas } from "../../api/client";
import { HeatStrip, MapLegend } from "../../figures/HeatStrip";
import { percent } from "../../figures/numbers";
import { cellsOf, datesBetween, type Days, MAPS, METRICS, shareOf } from "./board";
import { useDayWords } from "./dayWords";

const VIEW = { colour: choice(METRICS, "completeness"), year: number(0, 0, 2261) };

/** The days of a year of each of a station's series, in colours. */
export function YearOfHealth({ station, series }: { station: Schemas["Station"]; series: readonly Schemas["StationSeries"][] }) {
  const { t } = useTranslation();
  const [view, change] = useAddress(VIEW);
  const years = yearsOf(series);
  const year = view.year || (years[0] ?? 2000);
  const [from, until] = [`${year}-01-01`, `${year + 1}-01-01`];
  const dates = useMemo(() => datesBetween(from, until), [from, until]);
  const names = [...new Set(series.map((one) => one.collection_id))];
  const queries = useQueries({
    queries: names.map((collection) => ({
      queryKey: ["health", "days", from, until, collection],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        answerOf(api.GET("/api/v1/health/days", { params: { query: { start: from, stop: until, collection } }, signal })),
    })),
  });
  const own = queries.flatMap((one) => one.data ?? []).filter((one) => one.platform.toUpperCase() === station.code);
  return (
    <section className="stack">
      <header className="row">
        <h2>{t("stations.health")}</h2>
        <select aria-label={t("stations.year")} value={year} onChange={(event) => change({ year: Number(event.target.value) })}>
          {years.map((one) => <option key={one} value={one}>{one}</option>)}
        </select>
        <select aria-label={t("stations.metric")} value={view.colour} onChange={(event) => change({ colour: event.target.value as "noise" })}>
          {METRICS.map((one) => <option key={one} value={one}>{t(`stations.metrics.${one}`)}</option>)}
        </select>
        <MapLegend map={MAPS[view.colour]} ends={t(`stations.ends.${view.colour}`, { returnObjects: true })} />
      </header>
      <p className="small faint">{t(`stations.means.${view.colour}`)} {t("stations.days", { from: dates[0], to: dates.at(-1) })}.</p>
      {own.map((one) => <Strip key={`${one.collection_id} ${one.provider}`} days={one} dates={dates} metric={view.colour} />)}
      {own.length === 0 && <p className="faint">{t("stations.none")}</p>}
    </section>
  );
}

function Strip({ days, dates, metric }: { days: Days; dates: readonly string[]; metric: (typeof METRICS)[number] }) {
  const { t } = useTranslation();
  const words = useDayWords();
  const cells = useMemo(() => cellsOf(days, dates), [days, dates]);
  const shares = useMemo(() => cells.map((one) => shareOf(one, metric)), [cells, metric]);
  const held = cells.filter((one) => one !== null).length;
  const label = `${days.collection_id}: ${percent(held / dates.length)}`;
  return (
    <div className="year">
      <span className="small">{days.collection_id} <span className="faint">{days.provider}</span></span>
      <HeatStrip shares={shares} map={MAPS[metric]} label={label} tall={22}
        tell={(at) => t("stations.day", { day: dates[at] ?? "", value: words(cells[at] ?? null, metric) })} />
    </div>
  );
}

/** Years in which anything is held, the latest first. */
function yearsOf(series: readonly Schemas["StationSeries"][]): number[] {
  const first = Math.min(...series.map((one) => Number(one.start.slice(0, 4))));
  const last = Math.max(...series.map((one) => Number(one.last.slice(0, 4))));
  return Array.from({ length: last - first + 1 }, (_, at) => last - at);
}
