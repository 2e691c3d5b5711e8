import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { choice, instant, number, text, useAddress } from "../../address";
import { answerOf, api, type Schemas } from "../../api/client";
import { HeatStrip, MapLegend } from "../../figures/HeatStrip";
import { minute, percent } from "../../figures/numbers";
import { Page } from "../../shell/Page";
import { Answer, Empty } from "../../states";
import { durationText } from "../series/chosen";
import { datesBetween, dayAfter, MAPS, METRICS, ORDERS, ordered, type Row, rowsOf, shareOf } from "./board";
import { useDayWords } from "./dayWords";
import "./stations.css";

const VIEW = {
  q: text(),
  colour: choice(METRICS, "completeness"),
  days: number(90, 7, 400),
  until: instant(),
  order: choice(ORDERS, "silent"),
};

type Health = Schemas["Health"];

/** The health board: of every series how complete, late and noisy it was, day by day. */
export default function StationsPage() {
  const { t } = useTranslation();
  const health = useQuery({
    queryKey: ["health"],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v1/health", { signal })),
  });
  return (
    <Page title={t("stations.title")} wide>
      <Answer query={health} empty={(all) => all.length === 0}>{(all) => <Board health={all} />}</Answer>
    </Page>
  );
}

function Board({ health }: { health: readonly Health[] }) {
  const { t } = useTranslation();
  const [view, change] = useAddress(VIEW);
  const newest = health.reduce((last, one) => (one.last_seen > last ? one.last_seen : last), "").slice(0, 10);
  const until = dayAfter(view.until.slice(0, 10) || newest);
  const from = dayAfter(until, -view.days);
  const dates = useMemo(() => datesBetween(from, until), [from, until]);
  const days = useQuery({
    queryKey: ["health", "days", from, until],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v1/health/days", { params: { query: { start: from, stop: until } }, signal })),
    placeholderData: (before) => before,
  });
  const { data: stations = [] } = useQuery({ queryKey: ["stations"], queryFn: ({ signal }) => answerOf(api.GET("/api/v1/stations", { signal })) });
  const names = useMemo(() => new Map(stations.map((one) => [`${one.code_scheme} ${one.code}`, one.name])), [stations]);
  return (
    <div className="stack">
      <div className="row end">
        <label className="field"><span>{t("stations.search")}</span>
          <input type="search" value={view.q} onChange={(event) => change({ q: event.target.value }, { replace: true })} /></label>
        <Choose title={t("stations.metric")} value={view.colour} words={METRICS} name={(one) => t(`stations.metrics.${one}`)} onChange={(colour) => change({ colour })} />
        <Choose title={t("stations.order")} value={view.order} words={ORDERS} name={(one) => t(`stations.orders.${one}`)} onChange={(order) => change({ order })} />
        <Choose title={t("stations.span")} value={String(view.days) as "90"} words={["30", "90", "365"]} name={(one) => one} onChange={(one) => change({ days: Number(one) })} />
        <label className="field"><span>{t("stations.until")}</span>
          <input type="date" value={view.until.slice(0, 10) || newest} onChange={(event) => change({ until: event.target.value })} /></label>
        <a className="button" href={`/api/v1/health/days?start=${from}&stop=${until}`} download="health.json">{t("stations.downloadJson")}</a>
      </div>
      <p className="row small faint">
        {t(`stations.means.${view.colour}`)} <MapLegend map={MAPS[view.colour]} ends={t(`stations.ends.${view.colour}`, { returnObjects: true })} />
        <span><span className="swatch-none" aria-hidden="true" /> {t("stations.none")}</span>
      </p>
      <Answer query={days}>
        {(known) => <Table rows={ordered(rowsOf(health, known, dates, (code) => stations.find((one) => one.code === code)?.code_scheme), view.order)} dates={dates} names={names} metric={view.colour} text={view.q} />}
      </Answer>
    </div>
  );
}

function Choose<W extends string>(props: { title: string; value: W; words: readonly W[]; name: (one: W) => string; onChange: (one: W) => void }) {
  return (
    <label className="field">
      <span>{props.title}</span>
      <select value={props.value} onChange={(event) => props.onChange(event.target.value as W)}>
        {props.words.map((one) => <option key={one} value={one}>{props.name(one)}</option>)}
      </select>
    </label>
  );
}

function Table(props: { rows: readonly Row[]; dates: readonly string[]; names: ReadonlyMap<string, string>; metric: (typeof METRICS)[number]; text: string }) {
  const { t } = useTranslation();
  const { dates, names, metric } = props;
  const nameOf = (row: Row) => names.get(`${row.scheme} ${row.code}`) ?? "";
  const wanted = props.text.toLowerCase();
  const rows = props.rows.filter((row) => `${row.code} ${nameOf(row)} ${row.collection}`.toLowerCase().includes(wanted));
  if (rows.length === 0) return <Empty />;
  return (
    <div className="scrolls">
      <p className="small faint" role="status">{t("stations.count", { count: rows.length })}</p>
      <table className="board">
        <thead>
          <tr>
            <th scope="col">{t("stations.station")}</th>
            <th scope="col">{t("stations.series")}</th>
            <th scope="col" className="days">{t("stations.days", { from: dates[0], to: dates.at(-1) })}</th>
            <th scope="col" className="number">{t("stations.complete")}</th>
            <th scope="col" className="number">{t("stations.flagged")}</th>
            <th scope="col" className="number">{t("stations.latency")}</th>
            <th scope="col">{t("stations.lastSeen")}</th>
          </tr>
        </thead>
        <tbody>{rows.map((row) => <BoardRow key={row.key} row={row} dates={dates} name={nameOf(row)} metric={metric} />)}</tbody>
      </table>
    </div>
  );
}

function BoardRow({ row, dates, name, metric }: { row: Row; dates: readonly string[]; name: string; metric: (typeof METRICS)[number] }) {
  const { t } = useTranslation();
  const words = useDayWords();
  const shares = useMemo(() => row.days.map((day) => shareOf(day, metric)), [row.days, metric]);
  return (
    <tr>
      <th scope="row"><Link href={`/stations/${row.scheme}/${row.code}`}>{row.code}</Link> <span className="faint">{name}</span></th>
      <td className="small">{row.collection}{row.provider !== "" && <span className="faint"> {row.provider}</span>}</td>
      <td className="days">
        <HeatStrip shares={shares} map={MAPS[metric]} label={`${row.code}: ${t(`stations.metrics.${metric}`)}, ${percent(row.completeness, 1)}`}
          tell={(at) => t("stations.day", { day: dates[at] ?? "", value: words(row.days[at] ?? null, metric) })} />
      </td>
      <td className="number">{percent(row.completeness, 1)}</td>
      <td className="number">{percent(row.flagged, 2)}</td>
      <td className="number">{row.latency === null ? "–" : durationText(row.latency)}</td>
      <td>{minute(row.lastSeen)}</td>
    </tr>
  );
}
