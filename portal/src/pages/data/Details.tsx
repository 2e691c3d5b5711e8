import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { answerOf, api, type Schemas } from "../../api/client";
import { bound, whole } from "../../figures/numbers";
import { Table } from "../../shell/Table";
import { Answer } from "../../states";
import { Told } from "../../words/Told";
import { Flags, Maturity } from "./Quality";
import type { Collection } from "./fitting";

const PAGE = 20;

/** A collection's terms, how to cite it, and its granules, each with a download. */
export function Details(props: { one: Collection }) {
  const { t } = useTranslation();
  const { one } = props;
  return (
    <div className="stack">
      <dl className="details">
        <dt>{t("data.cite")}</dt>
        <dd className="row">
          <span>{one.citation || one.version}</span>
          <Copy text={one.citation === "" ? one.version : `${one.citation} ${one.version}`} />
        </dd>
        <dt>{t("data.version")}</dt>
        <dd className="mono">{one.version}</dd>
        <dt>{t("data.licence")}</dt>
        <dd>{one.licence || t("data.noLicence")}</dd>
        <dt>{t("data.owner")}</dt>
        <dd>{one.owner || t("data.archive")}</dd>
        <dt>{t("data.columns.span")}</dt>
        <dd>
          {bound(one.start)} – {bound(one.last)}, <Told of={`shapes.${one.shape}`} en={one.shape} />
          {one.cadence === "" ? "" : `, ${one.cadence}`}, {whole(one.count)}
        </dd>
      </dl>
      {one.shape === "series" && (
        <p>
          <Link href={`/series?collection=${encodeURIComponent(one.collection_id)}`}>{t("data.openSeries")}</Link>
        </p>
      )}
      <Granules collection={one.collection_id} downloads={one.shape !== "events"} />
    </div>
  );
}

function Copy(props: { text: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  const copy = () => navigator.clipboard.writeText(props.text).then(() => setCopied(true));
  return (
    <button type="button" className="plain" onClick={() => void copy()}>
      {copied ? t("data.copied") : t("data.copy")}
    </button>
  );
}

function Granules(props: { collection: string; downloads: boolean }) {
  const { t } = useTranslation();
  const query = useInfiniteQuery({
    queryKey: ["granules", props.collection],
    queryFn: ({ pageParam, signal }) =>
      answerOf(
        api.GET("/api/v1/granules", {
          params: { query: { collection: [props.collection], limit: PAGE, ...(pageParam === "" ? {} : { token: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
  });
  return (
    <Answer query={query}>
      {({ pages }) => (
        <div className="stack">
          <GranuleTable granules={pages.flatMap((page) => page.granules)} downloads={props.downloads} />
          {query.hasNextPage && (
            <p>
              <button type="button" disabled={query.isFetching} onClick={() => void query.fetchNextPage()}>
                {t("data.more")}
              </button>
            </p>
          )}
        </div>
      )}
    </Answer>
  );
}

function GranuleTable(props: { granules: readonly Schemas["Granule"][]; downloads: boolean }) {
  const { t } = useTranslation();
  return (
    <Table
      caption={t("data.granules")}
      heads={[
        t("data.granule"),
        t("data.columns.span"),
        { text: t("data.columns.count"), as: "number" },
        t("data.maturity"),
        t("data.flags"),
        t("data.job.fetch"),
      ]}
    >
      {props.granules.map((one) => (
        <tr key={one.granule_id}>
          <td className="mono">{one.granule_id}@{one.version}</td>
          <td className="nowrap">{bound(one.start)} – {bound(one.last)}</td>
          <td className="number">{whole(one.count)}</td>
          <td><Maturity words={one.maturity} /></td>
          <td><Flags quality={one.quality} /></td>
          <td>{props.downloads && <Files granule={one.granule_id} />}</td>
        </tr>
      ))}
    </Table>
  );
}

function Files(props: { granule: string }) {
  const { t } = useTranslation();
  const path = `/api/v1/granules/${encodeURIComponent(props.granule)}/file`;
  return (
    <span className="row">
      {(["csv", "parquet", "netcdf"] as const).map((format) => (
        <a key={format} href={`${path}?format=${format}`} download>
          {t(`data.basket.formats.${format}`)}
        </a>
      ))}
    </span>
  );
}
