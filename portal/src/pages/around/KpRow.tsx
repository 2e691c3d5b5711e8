import type { UseQueryResult } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { fixed } from "../../figures/numbers";
import type { Activity } from "./asked";
import { RowFrame } from "./RowFrame";
import { across, type Span } from "./scale";

const TALL = 44;
const MOST_KP = 9;

/** Kp, three hours a bar; those above what studies accept are marked. */
export function KpRow(props: { activity: UseQueryResult<Activity>; span: Span; width: number }) {
  const { t } = useTranslation();
  const { activity, span, width } = props;
  const kp = activity.data?.kp;
  const veto = activity.data?.max_kp ?? MOST_KP;
  const bars = (kp?.values ?? []).map((value, at) => {
    if (value === null || kp === undefined) return null;
    const start = Date.parse(kp.time[at] ?? "");
    const [left, right] = [across(start, span, width), across(start + kp.interval_hours * 3_600_000, span, width)];
    const high = (value / MOST_KP) * TALL;
    const kind = value > veto + 0.01 ? "kp stormy" : "kp";
    return <rect key={at} className={kind} x={left} y={TALL - high} width={Math.max(0.5, right - left - 0.5)} height={high} />;
  });
  const line = TALL - (veto / MOST_KP) * TALL;
  return (
    <RowFrame
      name="Kp"
      detail={kp === undefined ? "" : t("around.vetoAbove", { kp: fixed(veto, 0) })}
      range={["9", "0"]}
      tall={TALL}
      pending={activity.isPending}
      error={activity.error}
    >
      <svg width={width} height={TALL} role="img" aria-label={t("around.kpLabel")}>
        {bars}
        <line className="rule" x1={0} x2={width} y1={line} y2={line} />
      </svg>
    </RowFrame>
  );
}
