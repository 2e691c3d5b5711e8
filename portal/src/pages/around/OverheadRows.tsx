import type { UseQueryResult } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { figures } from "../../figures/numbers";
import { sourceColour } from "../../theme/sources";
import { useTheme } from "../../theme/theme";
import { RowFrame } from "./RowFrame";
import { across, extent, height, linePath, type Span } from "./scale";
import { Shades } from "./Shades";
import type { Shading } from "./shading";

const TALL = 56;
const ROOM = 5;

type Above = Schemas["Above"];

interface Around {
  span: Span;
  width: number;
  quake: number | undefined;
  shading: Shading;
}

/** Satellites' passes through the place, a mark each, and maps at its centre. */
export function OverheadRows(props: Around & { query: UseQueryResult<Above[]>; hidden: readonly string[] }) {
  const { t } = useTranslation();
  const { query, hidden } = props;
  if (query.fetchStatus === "idle" && query.data === undefined) return null;
  if (query.data === undefined) {
    return (
      <RowFrame name={t("around.overhead")} tall={TALL} pending={query.isPending} error={query.error}>
        {null}
      </RowFrame>
    );
  }
  return query.data
    .filter((one) => !hidden.includes(one.collection_id))
    .flatMap((one) =>
      Object.keys(one.units).map((variable) => (
        <OverheadRow key={`${one.collection_id} ${variable}`} above={one} variable={variable} {...props} />
      )),
    );
}

/** Height of a value [px], with room for a mark at both edges. */
function placeOf(value: number, range: readonly [number, number]): number {
  return ROOM + height(value, range, TALL - 2 * ROOM);
}

function OverheadRow(props: Around & { above: Above; variable: string }) {
  const { t } = useTranslation();
  const theme = useTheme();
  const { above, variable, span, width } = props;
  const medians = above.passes.map((one) => one.medians[variable] ?? null);
  const values = above.values[variable] ?? [];
  const range = extent(medians, values);
  const colour = sourceColour(above.collection_id, theme);
  const kind = above.shape === "track" ? t("around.passes", { count: above.passes.length }) : t("around.mapHere");
  return (
    <RowFrame
      name={above.platform.toUpperCase()}
      detail={`${variable} [${above.units[variable] ?? ""}] · ${kind}`}
      range={range && [figures(range[1]), figures(range[0])]}
      colour={colour}
      simulated={above.simulated}
      tall={TALL}
      pending={false}
      error={null}
      beside={above.shape === "track" && <p className="faint small">{t("around.nightDay")}</p>}
    >
      <svg width={width} height={TALL} role="img" aria-label={t("around.rowLabel", { station: above.platform, variable })}>
        <Shades shading={props.shading} station="overhead" span={span} width={width} tall={TALL} quake={props.quake} />
        {range && (
          <path
            className="values"
            stroke={colour}
            d={linePath(above.time.map((one) => across(Date.parse(one), span, width)), values, (v) => placeOf(v, range))}
          />
        )}
        {range &&
          above.passes.map((one, at) => {
            const value = medians[at];
            if (value === null || value === undefined) return null;
            const x = across(Date.parse(one.time), span, width);
            return (
              <circle key={one.time} cx={x} cy={placeOf(value, range)} r={3.5} stroke={colour} fill={one.night ? colour : "none"} strokeWidth={1.5}>
                <title>{`${one.half_orbit_id} ${one.time} · ${figures(value)} ${above.units[variable] ?? ""} · ${Math.round(one.distance_km)} km`}</title>
              </circle>
            );
          })}
      </svg>
    </RowFrame>
  );
}
