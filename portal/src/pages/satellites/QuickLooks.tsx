import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { axisText, type Panel } from "../../figures/panel";
import { Plot } from "../../figures/Plot";
import { rangeOf } from "../../figures/range";
import { type Answer, lineOf, unitsOf } from "../../figures/trace";
import { Loading, ProblemScreen } from "../../states";
import { sourceColour } from "../../theme/sources";
import { useTheme } from "../../theme/theme";
import { crossings, variablesOf } from "./alongTrack";
import { type HalfOrbit, useQuickLooks } from "./asked";
import { overLatitude } from "./overLatitude";
import type { View } from "./view";

/** Every variable of a half-orbit along its time or over latitude, the equator marked. */
export function QuickLooks({ platform, half, along }: { platform: string; half: HalfOrbit; along: View["along"] }) {
  const { t } = useTranslation();
  const theme = useTheme();
  const looks = useQuickLooks(platform, half);
  const over = along === "latitude" && half.places.length > 1;
  const latitudes = half.places.map(([, latitude = 0]) => latitude);
  const [from, to] = over ? [Math.min(...latitudes), Math.max(...latitudes)] : [Date.parse(half.start) / 1000, Date.parse(half.last) / 1000];
  const marks = (over ? [0] : crossings(half).map((at) => at / 1000)).map((at) => ({ at, label: t("satellites.equator") }));
  const simulated = (collection: string) => half.granules.some((one) => one.collection_id === collection && one.simulated);
  return (
    <div className="stack" data-testid="quick-looks">
      {looks.map((look, index) => {
        if (look.error !== null) return <ProblemScreen key={index} error={look.error} again={() => void look.refetch()} />;
        if (look.data === undefined) return <Loading key={index} lines={3} height={180} />;
        const { collection, answer } = look.data;
        return variablesOf(answer).map((variable) => {
          const line = over ? overLatitude(lineOf(answer, variable), half) : lineOf(answer, variable);
          const panel: Panel = {
            title: `${collection} ${variable}`, axis: axisText(symbolOf(answer, variable), unitsOf(answer, variable), t("satellites.linear")),
            traces: [{ label: collection, colour: sourceColour(collection, theme), dash: [], line, simulated: simulated(collection) }],
            range: rangeOf([line]), log: false, flagged: true, marks, ...(over ? { across: "latitude" as const } : {}),
          };
          return (
            <figure key={panel.title} className="quick-look">
              <figcaption className="small"><b>{symbolOf(answer, variable)}</b> <span className="mono faint">{collection}</span>{" "}
                <Link href={seriesAddress(collection, variable, platform, half)}>{t("satellites.onSeries")}</Link></figcaption>
              <Plot panel={panel} from={from} to={to} height={150} sync={half.half_orbit_id} summary={t("satellites.lookOf", { variable, collection })} />
            </figure>
          );
        });
      })}
    </div>
  );
}

/** Where the variable of the half-orbit stands beside whatever else is chosen. */
function seriesAddress(collection: string, variable: string, platform: string, half: HalfOrbit): string {
  return `/series?${new URLSearchParams({ s: `${collection}/${variable}/${platform}`, start: half.start, stop: half.last })}`;
}

function symbolOf(answer: Answer, variable: string): string {
  return answer.columns.find((one) => one.name === variable || one.name === `${variable}_min`)?.symbol ?? variable;
}
