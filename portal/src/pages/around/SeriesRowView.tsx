import type { UseQueryResult } from "@tanstack/react-query";
import { memo, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Trouble } from "../../states";
import { figures, percent, whole } from "../../figures/numbers";
import { sourceColour } from "../../theme/sources";
import { useTheme } from "../../theme/theme";
import type { MarksByRow } from "./asked";
import type { Buckets } from "./decimated";
import { ratesOf, runsOf } from "./marks";
import { RowFrame } from "./RowFrame";
import type { SeriesRow } from "./rows";
import { across, bandPath, extent, height, type Span } from "./scale";
import { Shades } from "./Shades";
import type { Shading } from "./shading";

const TALL = 64;
const LANE = 5;

/** One station's series: least to greatest of each bucket, doubtful values apart, and what detectors mark. */
export const SeriesRowView = memo(function SeriesRowView(props: {
  row: SeriesRow;
  query: UseQueryResult<Buckets> | undefined;
  span: Span;
  width: number;
  quake: number | undefined;
  shading: Shading;
  detectors: readonly string[];
  marks: MarksByRow;
  stepMs: number;
}) {
  const { t } = useTranslation();
  const theme = useTheme();
  const { row, query, span, width } = props;
  const data = query?.data;
  const colour = sourceColour(row.collection_id, theme);
  const range = useMemo(() => data && extent(data.least, data.greatest), [data]);
  const units = data?.units ?? "";
  const away = row.distance_km === null ? "" : ` · ${whole(row.distance_km)} km`;
  const station = row.platform.toUpperCase();
  return (
    <RowFrame
      name={station}
      detail={`${row.variable}${units === "" ? "" : ` [${units}]`}${away}`}
      range={range && [figures(range[1]), figures(range[0])]}
      colour={colour}
      simulated={row.simulated}
      tall={TALL}
      pending={query?.isPending ?? true}
      error={query?.error ?? null}
      beside={<Beside row={row} detectors={props.detectors} marks={props.marks} />}
    >
      <svg width={width} height={TALL} role="img" aria-label={t("around.rowLabel", { station, variable: row.variable })}>
        <Shades shading={props.shading} station={station} span={span} width={width} tall={TALL} quake={props.quake} />
        {data && range && <Values data={data} range={range} span={span} width={width} colour={colour} />}
        <Lanes {...props} />
      </svg>
    </RowFrame>
  );
});

function Values(props: { data: Buckets; range: [number, number]; span: Span; width: number; colour: string }) {
  const { data, range, span, width, colour } = props;
  const path = useMemo(() => {
    const half = data.time.length > 1 ? ((data.time[1] ?? 0) - (data.time[0] ?? 0)) / 2 : 0;
    return bandPath(
      data.time.map((time, at) => {
        const [least, greatest] = [data.least[at] ?? null, data.greatest[at] ?? null];
        if (least === null || greatest === null) return undefined;
        return { x: across(time + half, span, width), top: height(greatest, range, TALL), bottom: height(least, range, TALL) };
      }),
    );
  }, [data, range, span, width]);
  const doubtful = data.time.flatMap((time, at) =>
    [data.doubtfulLeast[at], data.doubtfulGreatest[at]].flatMap((value) =>
      value === null || value === undefined ? [] : [{ time, value: Math.min(range[1], Math.max(range[0], value)) }],
    ),
  );
  return (
    <>
      <path className="values" d={path} stroke={colour} />
      {doubtful.map((one, at) => {
        const [x, y] = [across(one.time, span, width), height(one.value, range, TALL)];
        return <path key={at} className="doubtful" d={`M${x - 2} ${y - 2}l4 4m0 -4l-4 4`} />;
      })}
    </>
  );
}

function Lanes(props: {
  row: SeriesRow;
  span: Span;
  width: number;
  detectors: readonly string[];
  marks: MarksByRow;
  stepMs: number;
}) {
  const { row, span, width, detectors, stepMs } = props;
  return detectors.map((method, lane) => {
    const found = props.marks.get(`${row.collection_id} ${method}`)?.data;
    if (found === undefined) return null;
    return runsOf(found, stepMs).map((run) => {
      const left = across(run.start, span, width);
      const right = across(run.stop, span, width);
      const y = run.above ? lane * LANE : TALL - (lane + 1) * LANE;
      return (
        <rect key={`${method}${run.start}`} className={`mark lane${lane % 3}`} x={left} y={y} width={Math.max(1, right - left)} height={LANE - 1} />
      );
    });
  });
}

/** Beside each series: how much of it is marked, and, in the same size, how much of noise would be. */
function Beside(props: { row: SeriesRow; detectors: readonly string[]; marks: MarksByRow }) {
  const { t } = useTranslation();
  return props.detectors.map((method, lane) => {
    const query = props.marks.get(`${props.row.collection_id} ${method}`);
    if (query?.error) return <Trouble key={method} error={query.error} className="small note warn" />;
    if (query?.data === undefined) return <p key={method} className="faint">{t("around.judging")}</p>;
    const rates = ratesOf(query.data);
    return (
      <p key={method} className="rates" data-detector={method}>
        <span className={`key lane${lane % 3}`} aria-hidden="true" />
        <span className="anomaly">
          {t("around.marked", { share: percent(rates.share, 0), marked: whole(rates.marked), judged: whole(rates.judged) })}
        </span>
        <span className="false-alarms">{t("around.ofNoise", { rate: percent(rates.ofNoise, 0) })}</span>
      </p>
    );
  });
}
