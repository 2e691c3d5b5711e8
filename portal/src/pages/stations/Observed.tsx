import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { Schemas } from "../../api/client";
import { bound } from "../../figures/numbers";
import { useProviderName } from "./memberNames";

type StationSeries = Schemas["StationSeries"];

/** What a station observes: each series, its terms, and what its files tell of the instrument. */
export function Observed({ series }: { series: readonly StationSeries[] }) {
  const { t } = useTranslation();
  const providerName = useProviderName();
  return (
    <section className="stack">
      <h2>{t("stations.observes")}</h2>
      {series.map((one) => (
        <article key={`${one.collection_id} ${one.providers.join()}`} className="observed">
          <header className="row">
            <h3 className={one.simulated ? "simulated" : undefined}>{one.collection_id}</h3>
            {one.simulated && <span className="tag">{t("stations.simulated")}</span>}
            <span className="tag">{accessText(one, t)}</span>
            {one.shape === "series" && <Link href={plotAddress(one)}>{t("stations.plot")}</Link>}
          </header>
          <dl className="facts">
            <Fact title={t("stations.variables")} text={one.variables.join(", ")} />
            <Fact title={t("stations.cadence")} text={one.cadence} />
            <Fact title={t("stations.held")} text={`${bound(one.start)} – ${bound(one.last)}`} />
            <Fact title={t("stations.owner")} text={one.owner.split(",").map(providerName).join(", ")} />
            <Fact title={t("stations.licence")} text={one.licence || t("stations.unsaid")} />
            <Fact title={t("stations.citation")} text={one.citation || t("stations.unsaid")} />
            <Fact title={t("stations.version")} text={one.version} />
          </dl>
          {Object.keys(one.told).length > 0 && (
            <details>
              <summary className="small">{t("stations.instrument")}</summary>
              <dl className="facts told" lang="en">
                {Object.entries(one.told).map(([name, said]) => <Fact key={name} title={name.replaceAll("_", " ")} text={said} />)}
              </dl>
            </details>
          )}
        </article>
      ))}
    </section>
  );
}

function Fact({ title, text }: { title: string; text: string }) {
  return <div><dt>{title}</dt><dd>{text}</dd></div>;
}

const KINDS = ["open", "members", "named", "private"] as const;

function accessText(one: StationSeries, t: TFunction): string {
  const kinds = KINDS.filter((kind) => one.access.split(",").includes(kind)).map((kind) => t(`stations.accesses.${kind}`));
  const embargo = one.embargo_until === null ? [] : [t("stations.embargo", { until: bound(one.embargo_until) })];
  return [...kinds, ...embargo].join(" · ");
}

/** The series page with all of a collection's variables. */
function plotAddress(one: StationSeries): string {
  const ids = one.variables.map((variable) => `${one.collection_id}/${variable}`);
  return `/series?${new URLSearchParams({ s: ids.join(",") }).toString()}`;
}
