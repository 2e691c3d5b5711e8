import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { choice, instant, number, text, useAddress } from "../../address";
import { answerOf, api, type Schemas } from "../../api/client";
import { fixed, minute, whole } from "../../figures/numbers";
import { Answer } from "../../states";
import { PlaceFinder } from "./PlaceFinder";
import type { ChangeView, View } from "./view";

const MOST = 50;
const MOST_SOUGHT = 1000;

const SOUGHT = {
  from: instant(),
  to: instant(),
  least: number(5, -10, 11),
  place: text(),
  order: choice(["time", "magnitude"], "magnitude"),
};

/** Finding an earthquake by date, size and place, or drawing a place. */
export function Finder(props: { view: View; change: ChangeView }) {
  const { t } = useTranslation();
  return (
    <div className="finder">
      <section className="stack">
        <h2>{t("around.finder.quakes")}</h2>
        <Quakes />
      </section>
      <section className="stack">
        <h2>{t("around.finder.orPlace")}</h2>
        <PlaceFinder view={props.view} change={props.change} />
      </section>
    </div>
  );
}

function Quakes() {
  const [sought, change] = useAddress(SOUGHT);
  const query = {
    min_magnitude: sought.least,
    order: sought.order,
    limit: sought.place.trim() === "" ? MOST : MOST_SOUGHT,
    ...(sought.from === "" ? {} : { start: sought.from }),
    ...(sought.to === "" ? {} : { stop: dayAfter(sought.to) }),
  };
  const found = useQuery({
    queryKey: ["events", query],
    queryFn: async ({ signal }) =>
      (await answerOf(api.GET("/api/v1/events", { params: { query }, signal }))) as Schemas["Earthquakes"],
  });
  const named = (one: Schemas["Earthquake"]) => one.place.toLowerCase().includes(sought.place.trim().toLowerCase());
  return (
    <>
      <SearchForm sought={sought} change={change} />
      <Answer query={found} empty={(page) => !page.earthquakes.some(named)}>
        {(page) => <QuakeTable quakes={page.earthquakes.filter(named).slice(0, MOST)} matched={page.matched} />}
      </Answer>
    </>
  );
}

/** The day after a date, since a window's stop is not in it. */
export function dayAfter(date: string): string {
  return new Date(Date.parse(date.slice(0, 10)) + 86_400_000).toISOString().slice(0, 10);
}

type Sought = { from: string; to: string; least: number | undefined; place: string; order: "time" | "magnitude" };

function SearchForm(props: { sought: Sought; change: (part: Partial<Omit<Sought, "least">> & { least?: number }) => void }) {
  const { t } = useTranslation();
  const { sought, change } = props;
  const [least, setLeast] = useState(String(sought.least ?? ""));
  const [place, setPlace] = useState(sought.place);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change({ place, ...(least === "" || Number.isNaN(Number(least)) ? {} : { least: Number(least) }) });
  };
  return (
    <form className="row end" onSubmit={submit}>
      <label className="field">
        <span>{t("around.finder.from")}</span>
        <input type="date" value={sought.from.slice(0, 10)} onChange={(e) => change({ from: e.target.value })} />
      </label>
      <label className="field">
        <span>{t("around.finder.to")}</span>
        <input type="date" value={sought.to.slice(0, 10)} onChange={(e) => change({ to: e.target.value })} />
      </label>
      <label className="field">
        <span>{t("around.finder.least")}</span>
        <input inputMode="decimal" size={4} value={least} onChange={(e) => setLeast(e.target.value)} />
      </label>
      <label className="field">
        <span>{t("around.finder.place")}</span>
        <input value={place} size={14} onChange={(e) => setPlace(e.target.value)} />
      </label>
      <label className="field">
        <span>{t("around.finder.order")}</span>
        <select value={sought.order} onChange={(e) => change({ order: e.target.value === "time" ? "time" : "magnitude" })}>
          <option value="magnitude">{t("around.finder.greatest")}</option>
          <option value="time">{t("around.finder.latest")}</option>
        </select>
      </label>
      <button type="submit">{t("around.finder.find")}</button>
    </form>
  );
}

function QuakeTable(props: { quakes: Schemas["Earthquake"][]; matched: number }) {
  const { t } = useTranslation();
  const { quakes, matched } = props;
  return (
    <div className="scrolls quakes" tabIndex={0} role="region" aria-label={t("around.finder.quakes")}>
      <table>
        <caption className="faint small">
          {t("around.finder.found", { shown: whole(quakes.length), matched: whole(matched) })}
        </caption>
        <thead>
          <tr>
            <th className="number">M</th>
            <th>{t("around.finder.where")}</th>
            <th>{t("around.finder.when")}</th>
            <th className="number">{t("around.finder.depth")}</th>
            <th>{t("around.finder.catalogue")}</th>
          </tr>
        </thead>
        <tbody>
          {quakes.map((one) => (
            <tr key={one.event_id} className={one.simulated ? "simulated" : undefined}>
              <td className="number">{fixed(one.magnitude, 1)}</td>
              <td>
                <Link href={`/around?event=${encodeURIComponent(one.event_id)}`}>
                  {one.place || `${fixed(one.latitude, 2)}, ${fixed(one.longitude, 2)}`}
                </Link>
              </td>
              <td><time dateTime={one.time}>{minute(one.time)}</time></td>
              <td className="number">{fixed(one.depth_km, 0)}</td>
              <td className="faint small">{one.catalogues.join(", ")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
