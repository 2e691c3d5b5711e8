import { defaults as usualControls } from "ol/control/defaults";
import ScaleLine from "ol/control/ScaleLine";
import type { FeatureLike } from "ol/Feature";
import type BaseLayer from "ol/layer/Base";
import OlMap from "ol/Map";
import "ol/ol.css";
import View from "ol/View";
import { createContext, type ReactNode, useEffect, useRef, useState } from "react";
import "./map.css";
import type { Place } from "./sphere";

interface MapViewProps {
  layers: readonly BaseLayer[];
  centre: Place;
  zoom: number;
  /** What the map shows, for who does not see it. */
  label: string;
  /** Where the map stands after it was moved. */
  onMove?: (centre: Place, zoom: number) => void;
  /** What was clicked, the topmost first, and where. */
  onPick?: (found: readonly FeatureLike[], place: Place) => void;
  /** When all layers are drawn, and again whenever they or this changed. */
  onDrawn?: (() => void) | undefined;
  children?: ReactNode;
}

const NEAR_PX = 6;
const LEAST_ZOOM = 1;
const MOST_ZOOM = 9;

/** The map that a child of `MapView` stands in, once it is made. */
export const MapOf = createContext<OlMap | undefined>(undefined);

/** A map in plate carrée, by OpenLayers without WebGL; arrows move it, `+` and `-` zoom, when it has the focus. */
export function MapView(props: MapViewProps) {
  const place = useRef<HTMLDivElement>(null);
  const map = useRef<OlMap>(undefined);
  const [shared, share] = useState<OlMap>();
  const latest = useRef(props);
  latest.current = props;
  const { layers, centre, zoom, label, children } = props;

  useEffect(() => {
    if (place.current === null) return;
    const made = make(place.current, latest);
    map.current = made;
    share(made);
    return () => {
      made.setTarget(undefined);
      map.current = undefined;
      share(undefined);
    };
  }, []);

  useEffect(() => {
    map.current?.setLayers([...layers]);
  }, [layers]);

  const { onDrawn } = props;
  useEffect(() => {
    const made = map.current;
    if (made === undefined || onDrawn === undefined) return;
    made.once("rendercomplete", onDrawn);
    made.render();
    return () => made.un("rendercomplete", onDrawn);
  }, [layers, onDrawn]);

  const [longitude, latitude] = centre;
  useEffect(() => {
    const view = map.current?.getView();
    if (view === undefined) return;
    const [x = 0, y = 0] = view.getCenter() ?? [];
    if (Math.abs(x - longitude) + Math.abs(y - latitude) > 0.01) view.setCenter([longitude, latitude]);
    if (Math.abs((view.getZoom() ?? 0) - zoom) > 0.01) view.setZoom(zoom);
  }, [longitude, latitude, zoom]);

  return (
    <div className="map">
      <div ref={place} className="map-canvas" tabIndex={0} role="application" aria-label={label} />
      <MapOf value={shared}>{children}</MapOf>
    </div>
  );
}

function make(box: HTMLElement, latest: { current: MapViewProps }): OlMap {
  const { centre, zoom, layers } = latest.current;
  const made = new OlMap({
    target: box,
    layers: [...layers],
    controls: usualControls({ attribution: false, rotate: false }).extend([new ScaleLine({ minWidth: 70 })]),
    view: new View({
      projection: "EPSG:4326", center: [...centre], zoom, minZoom: LEAST_ZOOM, maxZoom: MOST_ZOOM, enableRotation: false,
      multiWorld: true, extent: [-540, -85, 540, 85], constrainOnlyCenter: true,
    }),
  });
  made.on("moveend", () => {
    const [x = 0, y = 0] = made.getView().getCenter() ?? [];
    latest.current.onMove?.([x, y], made.getView().getZoom() ?? zoom);
  });
  made.on("click", (event) => {
    const found = made.getFeaturesAtPixel(event.pixel, { hitTolerance: NEAR_PX, layerFilter: (one) => one.get("picked") === true });
    const [x = 0, y = 0] = event.coordinate;
    latest.current.onPick?.(found, [x, y]);
  });
  made.on("pointermove", (event) => {
    if (event.dragging) return;
    const over = made.hasFeatureAtPixel(event.pixel, { hitTolerance: NEAR_PX, layerFilter: (one) => one.get("picked") === true });
    made.getTargetElement()?.classList.toggle("over", over);
  });
  return made;
}
