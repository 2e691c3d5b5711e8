import { type PointerEvent, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Trouble } from "../../states";
import { minute } from "../../figures/numbers";
import { type Surroundings, useActivity, useCaseWindows, useMarks, useOverhead, useSeries } from "./asked";
import { Axis } from "./Axis";
import { KpRow } from "./KpRow";
import { OverheadRows } from "./OverheadRows";
import { anythingOverhead, seriesRows } from "./rows";
import { instantAt, type Span, spanOf } from "./scale";
import { SeriesRowView } from "./SeriesRowView";
import { type Shading, shadingOf } from "./shading";
import { useWidth } from "./useWidth";
import { centreOf } from "../../map/region";
import { type ChangeView, regionIn, type View } from "./view";
import { ZoomButtons } from "./ZoomButtons";

/** Everything that is held along one axis of time, ground and space aligned; dragging over it zooms. */
export function Timeline(props: { around: Surroundings; view: View; change: ChangeView }) {
  const { t } = useTranslation();
  const { around, view, change } = props;
  const [box, width] = useWidth<HTMLDivElement>();
  const span = useMemo(() => spanOf(around.start, around.stop), [around.start, around.stop]);
  const rows = useMemo(() => seriesRows(around.counts, view.variable, view.hidden), [around.counts, view.variable, view.hidden]);
  const series = useSeries(rows, around.start, around.stop);
  const activity = useActivity(around.start, around.stop, longitudeOf(around, view));
  const windows = useCaseWindows(view.event, view.controls);
  const settled = series.every((one) => !one.isPending); // the ground first: what is overhead takes longer to read
  const overhead = useOverhead(view, settled && anythingOverhead(around.counts, view.hidden));
  const marks = useMarks(rows, view.detectors, view, around);
  const quake = around.event === null ? undefined : Date.parse(around.event.time);
  const shading: Shading = shadingOf(view, activity.data, windows.data);
  const zoom = (to: Span) => change({ start: new Date(to.start).toISOString(), stop: new Date(to.stop).toISOString() });
  return (
    <section className="stack" aria-label={t("around.timeline")}>
      <ZoomButtons span={span} zoom={zoom} reset={() => change({ start: "", stop: "" })} canReset={view.event !== ""} />
      {windows.error && <Trouble error={windows.error} className="note warn" />}
      {windows.data && <p className="faint small">{t("around.windowsExplained", { shifts: windows.data.n_shifts })}</p>}
      <Dragged box={box} span={span} width={width} zoom={zoom}>
        <KpRow activity={activity} span={span} width={width} />
        {rows.map((row, at) => (
          <SeriesRowView
            key={`${row.collection_id} ${row.variable}`}
            row={row}
            query={series[at]}
            span={span}
            width={width}
            quake={quake}
            shading={shading}
            detectors={view.detectors}
            marks={marks}
            stepMs={Number(view.step) * 1000}
          />
        ))}
        <OverheadRows query={overhead} hidden={view.hidden} span={span} width={width} quake={quake} shading={shading} />
        <Axis span={span} width={width} quake={quake} earthquakes={around.earthquakes} />
      </Dragged>
    </section>
  );
}

/** Whose local time the days are of: the epicentre's, or the place's. */
function longitudeOf(around: Surroundings, view: View): number {
  if (around.event !== null) return around.event.longitude;
  const region = regionIn(view);
  return region === undefined ? 0 : centreOf(region)[0];
}

const LEAST_DRAG_PX = 6;

function Dragged(props: {
  box: React.RefObject<HTMLDivElement | null>;
  span: Span;
  width: number;
  zoom: (to: Span) => void;
  children: React.ReactNode;
}) {
  const { span, width } = props;
  const [at, setAt] = useState<number>();
  const [from, setFrom] = useState<number>();
  const plot = useRef<HTMLDivElement>(null);
  const place = (event: PointerEvent) => {
    const left = plot.current?.getBoundingClientRect().left ?? 0;
    return Math.min(width, Math.max(0, event.clientX - left));
  };
  const released = () => {
    if (from !== undefined && at !== undefined && Math.abs(at - from) >= LEAST_DRAG_PX) {
      const [a, b] = [Math.min(from, at), Math.max(from, at)];
      props.zoom({ start: instantAt(a, span, width), stop: instantAt(b, span, width) });
    }
    setFrom(undefined);
  };
  return (
    <div
      className="timeline"
      onPointerMove={(event) => setAt(place(event))}
      onPointerLeave={() => {
        setAt(undefined);
        setFrom(undefined);
      }}
      onPointerDown={(event) => event.button === 0 && event.pointerType !== "touch" && setFrom(place(event))}
      onPointerUp={released}
    >
      <div className="cursor" ref={plot} aria-hidden="true">
        <div ref={props.box}>
          {at !== undefined && width > 0 && (
            <>
              <span className="hair" style={{ left: at }} />
              <span className="when" style={at > width / 2 ? { right: width - at + 4 } : { left: at + 4 }}>
                {minute(new Date(instantAt(at, span, width)).toISOString())}
              </span>
            </>
          )}
          {from !== undefined && at !== undefined && (
            <span className="chosen" style={{ left: Math.min(from, at), width: Math.abs(at - from) }} />
          )}
        </div>
      </div>
      {props.children}
    </div>
  );
}
