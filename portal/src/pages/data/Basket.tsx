import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { isSomebody, useSession } from "../../api/session";
import { whole } from "../../figures/numbers";
import { Table } from "../../shell/Table";
import { Answer, Screen, Trouble, useSignInAddress } from "../../states";
import { put, share, useBasket, type Wanted } from "./basket";
import { useCollections } from "./collections";
import type { Collection } from "./fitting";
import { JobTable } from "./JobTable";
import { FORMATS, type Format, useExport, useJobs } from "./jobs";

/** What is wanted as one download, prepared as a job; and the downloads that were asked for. */
export function Basket() {
  const { data: who } = useSession();
  const basket = useBasket();
  return (
    <div className="stack">
      {basket.length === 0 ? <Nothing /> : <Wishes basket={basket} />}
      {isSomebody(who) && <Downloads />}
    </div>
  );
}

function Nothing() {
  const { t } = useTranslation();
  return (
    <Screen title={t("data.basket.empty")} next={t("data.basket.emptyNext")}>
      <Link className="button" href="/data">
        {t("data.basket.browse")}
      </Link>
    </Screen>
  );
}

function Wishes(props: { basket: readonly Wanted[] }) {
  const { t } = useTranslation();
  const { data: all } = useCollections();
  const { basket } = props;
  const known = new Map(all?.map((one) => [one.collection_id, one]));
  const values = basket.reduce((sum, one) => sum + estimate(one, known.get(one.collection_id)), 0);
  const change = (at: number, part: Partial<Wanted>) => put(basket.map((one, i) => (i === at ? { ...one, ...part } : one)));
  return (
    <section className="stack">
      <Table
        heads={[
          t("data.columns.collection"),
          t("data.basket.start"),
          t("data.basket.stop"),
          t("data.basket.variables"),
          { text: t("data.basket.remove"), as: "unseen" },
        ]}
      >
        {basket.map((one, at) => (
          <Wish
            key={one.collection_id}
            one={one}
            known={known.get(one.collection_id)}
            change={(part) => change(at, part)}
            remove={() => put(basket.filter((_, i) => i !== at))}
          />
        ))}
      </Table>
      <p className="faint">
        {t("data.basket.estimate", { count: whole(Math.ceil(values)) as unknown as number })} {t("data.basket.note")}
      </p>
      <Ask basket={basket} />
    </section>
  );
}

function estimate(one: Wanted, known: Collection | undefined): number {
  return known === undefined ? 0 : known.count * share(one, known) * (one.variables.length || known.variables.length || 1);
}

function Wish(props: { one: Wanted; known: Collection | undefined; change: (part: Partial<Wanted>) => void; remove: () => void }) {
  const { t } = useTranslation();
  const { one, known, change } = props;
  const choose = (name: string, on: boolean) => {
    const chosen = one.variables.length === 0 ? (known?.variables ?? []) : one.variables;
    const next = on ? [...chosen, name] : chosen.filter((other) => other !== name);
    change({ variables: next.length === known?.variables.length ? [] : next });
  };
  return (
    <tr>
      <td className="mono">{one.collection_id}</td>
      <td>
        <Instant label={`${t("data.basket.start")}: ${one.collection_id}`} value={one.start} onChange={(start) => change({ start })} />
      </td>
      <td>
        <Instant label={`${t("data.basket.stop")}: ${one.collection_id}`} value={one.stop} onChange={(stop) => change({ stop })} />
      </td>
      <td>
        <span className="row">
          {known?.variables.map((name) => (
            <label key={name} className="check">
              <input
                type="checkbox"
                checked={one.variables.length === 0 || one.variables.includes(name)}
                disabled={one.variables.length === 1 && one.variables[0] === name}
                onChange={(event) => choose(name, event.target.checked)}
              />
              {name}
            </label>
          )) ?? t("data.basket.everything")}
        </span>
      </td>
      <td>
        <button type="button" className="plain" aria-label={`${t("data.basket.remove")}: ${one.collection_id}`} onClick={props.remove}>
          {t("data.basket.remove")}
        </button>
      </td>
    </tr>
  );
}

/** An instant in UTC, to the second; what is no instant is not taken. */
function Instant(props: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <input
      type="datetime-local"
      step={1}
      aria-label={props.label}
      value={props.value.slice(0, 19)}
      onChange={(event) => event.target.value !== "" && props.onChange(`${event.target.value.padEnd(19, ":00")}Z`)}
    />
  );
}

function Ask(props: { basket: readonly Wanted[] }) {
  const { t } = useTranslation();
  const { data: who } = useSession();
  const [format, setFormat] = useState<Format>("csv");
  const ask = useExport();
  const address = useSignInAddress();
  return (
    <div className="stack">
      <div className="row end">
        <FormatChoice value={format} change={setFormat} />
        {isSomebody(who) ? (
          <button type="button" className="main" disabled={ask.isPending} onClick={() => ask.mutate({ items: props.basket, format })}>
            {ask.isPending ? t("data.basket.asking") : t("data.basket.ask")}
          </button>
        ) : (
          <Link className="button main" href={address}>
            {t("shell.signIn")}
          </Link>
        )}
        <button type="button" onClick={() => put([])}>
          {t("data.basket.clear")}
        </button>
      </div>
      {!isSomebody(who) && <p className="faint">{t("data.basket.signIn")}</p>}
      {ask.error && <Trouble error={ask.error} />}
    </div>
  );
}

function FormatChoice(props: { value: Format; change: (format: Format) => void }) {
  const { t } = useTranslation();
  return (
    <label className="field">
      <span>{t("data.basket.format")}</span>
      <select value={props.value} onChange={(event) => props.change(FORMATS.find((one) => one === event.target.value) ?? "csv")}>
        {FORMATS.map((one) => (
          <option key={one} value={one}>
            {t(`data.basket.formats.${one}`)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Downloads() {
  const { t } = useTranslation();
  const jobs = useJobs();
  return (
    <section className="stack">
      <h2>{t("data.job.title")}</h2>
      <Answer query={jobs}>
        {(all) => {
          const exports = all.filter((job) => job.kind === "export");
          return exports.length === 0 ? <p className="faint">{t("data.job.none")}</p> : <JobTable jobs={exports} />;
        }}
      </Answer>
    </section>
  );
}
