import { useTranslation } from "react-i18next";
import { Unforetold } from "../satellites/Unforetold";
import { Link } from "wouter";
import type { Schemas } from "../../api/client";
import { sourceColour } from "../../theme/sources";
import { useTheme } from "../../theme/theme";

/** A satellite as the map shows it: what is held of the day before, and what is foretold. */
export interface Shown {
  platform: string;
  source: string;
  halves: number;
  prediction: Schemas["Prediction"];
}

/** Of each satellite how its lines look, how uncertain the next ones are, or why there are none. */
export function TrackLegend({ shown }: { shown: readonly Shown[] }) {
  const { t } = useTranslation();
  const theme = useTheme();
  return (
    <>
      <div className="row small">
        <span className="legend-item"><i className="track-line" />{t("map.legend.past")}</span>
        <span className="legend-item"><i className="track-line next" />{t("map.legend.next")}</span>
      </div>
      <ul className="legend-list">
        {shown.map(({ platform, source, halves, prediction }) => (
          <li key={platform}>
            <i className="track-line" style={{ borderColor: sourceColour(source, theme) }} />{" "}
            <Link href={`/satellites?platform=${encodeURIComponent(platform)}`}>{platform}</Link>{" "}
            {prediction.simulated && <span className="tag simulated">{t("map.simulated")}</span>}
            <p className="small faint">
              {t("map.legend.halves", { count: halves })} {nextText(prediction) ?? <Unforetold prediction={prediction} />}
            </p>
          </li>
        ))}
      </ul>
    </>
  );

  function nextText({ places }: Schemas["Prediction"]): string | undefined {
    const worst = Math.max(...places.map((one) => one.along_km));
    return places.length === 0 ? undefined : t("map.legend.within", { km: Math.ceil(worst), s: Math.ceil(worst / 7.6) });
  }
}
