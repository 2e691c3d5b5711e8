import { useTranslation } from "react-i18next";
import { fixed, percent } from "../../figures/numbers";
import { durationText } from "../series/chosen";
import type { Day, Metric } from "./board";

/** A day's figure in words. */
export function useDayWords(): (day: Day | null, metric: Metric) => string {
  const { t } = useTranslation();
  return (day, metric) => {
    if (day === null) return t("stations.none");
    switch (metric) {
      case "completeness":
        return `${day.present} / ${day.expected}`;
      case "flagged":
        return percent(day.present === 0 ? null : day.flagged / day.present, 2);
      case "latency":
        return day.latency === null ? "–" : durationText(day.latency);
      case "noise":
        return day.noise === null ? "–" : `× ${fixed(day.noise)}`;
    }
  };
}
