import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Trouble } from "../../states";

/** A row of the timeline: its name and range on the left, the drawing, and what is to be read beside it. */
export function RowFrame(props: {
  name: string;
  detail?: string;
  range?: readonly [string, string] | undefined;
  colour?: string | undefined;
  simulated?: boolean;
  tall: number;
  pending: boolean;
  error: Error | null;
  beside?: ReactNode;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <div className="trow" data-row={props.name}>
      <div className="label">
        <span className="name">
          {props.colour !== undefined && <span className="swatch" style={{ background: props.colour }} aria-hidden="true" />}
          <span className="clipped">{props.name}</span>
          {props.simulated && <span className="tag">{t("around.simulated")}</span>}
        </span>
        <span className="faint small clipped" title={props.detail}>
          {props.detail}
        </span>
        {props.range && (
          <span className="range small faint">
            <span>{props.range[0]}</span>
            <span>{props.range[1]}</span>
          </span>
        )}
      </div>
      <div className={props.simulated ? "plot simulated" : "plot"} style={{ height: props.tall }}>
        {props.error ? (
          <Trouble error={props.error} className="small note warn" />
        ) : props.pending ? (
          <span className="coming" role="status" aria-label={t("states.loading")} />
        ) : (
          props.children
        )}
      </div>
      <div className="beside">{props.beside}</div>
    </div>
  );
}
