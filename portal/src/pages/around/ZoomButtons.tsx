import { useTranslation } from "react-i18next";
import type { Span } from "./scale";

/** Moving along time and zooming without a pointer. */
export function ZoomButtons(props: { span: Span; zoom: (to: Span) => void; reset: () => void; canReset: boolean }) {
  const { t } = useTranslation();
  const { span, zoom } = props;
  const length = span.stop - span.start;
  const moved = (share: number) => zoom({ start: span.start + share * length, stop: span.stop + share * length });
  const scaled = (factor: number) => {
    const middle = (span.start + span.stop) / 2;
    zoom({ start: middle - (factor * length) / 2, stop: middle + (factor * length) / 2 });
  };
  return (
    <div className="row small" role="group" aria-label={t("around.zoom.title")}>
      <button type="button" onClick={() => moved(-0.5)}>
        ← {t("around.zoom.earlier")}
      </button>
      <button type="button" onClick={() => moved(0.5)}>
        {t("around.zoom.later")} →
      </button>
      <button type="button" onClick={() => scaled(0.5)}>
        + {t("around.zoom.in")}
      </button>
      <button type="button" onClick={() => scaled(2)}>
        − {t("around.zoom.out")}
      </button>
      {props.canReset && (
        <button type="button" onClick={props.reset}>
          {t("around.zoom.reset")}
        </button>
      )}
      <span className="faint">{t("around.zoom.drag")}</span>
    </div>
  );
}
