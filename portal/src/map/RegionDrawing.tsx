import { containsExtent, getWidth } from "ol/extent";
import LineString from "ol/geom/LineString";
import Point from "ol/geom/Point";
import Polygon from "ol/geom/Polygon";
import VectorLayer from "ol/layer/Vector";
import type OlMap from "ol/Map";
import VectorSource from "ol/source/Vector";
import CircleStyle from "ol/style/Circle";
import Fill from "ol/style/Fill";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";
import Text from "ol/style/Text";
import { useContext, useEffect, useMemo, useRef } from "react";
import { token, useTheme } from "../theme/theme";
import { faded, styled } from "./ground";
import { MapOf } from "./MapView";
import { area, centreOf, edge, type Kind, placedAt, type Region, regionText, sizeText } from "./region";
import { regionPointer } from "./regionPointer";
import type { Place } from "./sphere";

const ROOM_PX = 40;

interface RegionDrawingProps {
  region: Region | undefined;
  /** What the pointer draws; undefined where it moves the map. */
  tool: Kind | undefined;
  onDrawn: (region: Region) => void;
  onStop?: () => void;
  /** Whether the map goes where the region is told to be from outside. */
  follow?: boolean;
}

/** A region on the map that it stands in, drawn by hand; Enter puts one into the middle of the map, Escape gives up. */
export function RegionDrawing(props: RegionDrawingProps) {
  const map = useContext(MapOf);
  const theme = useTheme();
  const source = useMemo(() => new VectorSource(), []);
  const latest = useRef(props);
  latest.current = props;
  const mine = useRef("");
  const { region, tool, follow } = props;
  const key = region === undefined ? "" : regionText(region);

  useEffect(() => {
    if (map === undefined) return;
    const layer = new VectorLayer({ source });
    layer.setMap(map); // lies on top of all others, whichever they are
    return () => layer.setMap(null);
  }, [map, source]);

  useEffect(() => show(source, latest.current.region), [source, key, theme]);

  useEffect(() => {
    const told = latest.current.region;
    if (map !== undefined && told !== undefined && follow === true && key !== mine.current) goTo(map, told);
  }, [map, key, follow]);

  useEffect(() => {
    if (map === undefined || tool === undefined) return;
    return armed(map, source, tool, latest, mine);
  }, [map, source, tool]);
  return null;
}

/** Lets pointer and keys draw, until what is given back is called. */
function armed(map: OlMap, source: VectorSource, kind: Kind, latest: { current: RegionDrawingProps }, mine: { current: string }) {
  const box = map.getTargetElement();
  const done = (region: Region) => {
    mine.current = regionText(region);
    show(source, region);
    latest.current.onDrawn(region);
  };
  const before = () => latest.current.region;
  const pointer = regionPointer({ kind, before, live: (region) => show(source, region ?? before()), done });
  const byKey = (event: KeyboardEvent) => {
    if (event.key === "Escape") latest.current.onStop?.();
    if (event.key !== "Enter" || event.target !== box) return;
    const [x = 0, y = 0] = map.getView().getCenter() ?? [];
    done(placedAt(kind, [x, y], before()));
  };
  map.addInteraction(pointer);
  box?.classList.add("draws");
  addEventListener("keydown", byKey);
  return () => {
    map.removeInteraction(pointer);
    box?.classList.remove("draws");
    removeEventListener("keydown", byKey);
    show(source, before());
  };
}

/** Puts a region onto the map, in the place of what was there. */
function show(source: VectorSource, region: Region | undefined): void {
  source.clear(true);
  if (region === undefined) return;
  const accent = token("--accent");
  const fill = styled(new Polygon(area(region).map(copied)), new Style({ fill: new Fill({ color: faded(accent, 0.14) }) }));
  const lines = [new Stroke({ color: token("--ground"), width: 4 }), new Stroke({ color: accent, width: 2 })];
  const line = styled(new LineString(copied(edge(region))), lines.map((stroke) => new Style({ stroke })));
  const dot = new CircleStyle({ radius: 3.5, fill: new Fill({ color: accent }), stroke: new Stroke({ color: token("--ground"), width: 1.5 }) });
  const text = new Text({
    text: sizeText(region), offsetY: 14, font: "12px system-ui", fill: new Fill({ color: token("--ink") }), stroke: new Stroke({ color: token("--ground"), width: 3.5 }),
  });
  source.addFeatures([fill, line, styled(new Point([...centreOf(region)]), new Style({ image: dot, text }))]);
}

/** Shows all of a region, no nearer than the map stands; does not move where all of it is seen. */
function goTo(map: OlMap, region: Region): void {
  const view = map.getView();
  const extent = new LineString(copied(edge(region))).getExtent() as [number, number, number, number];
  const seen = view.calculateExtent(map.getSize());
  const shifted = [-360, 0, 360].map((turn) => [extent[0] + turn, extent[1], extent[2] + turn, extent[3]]);
  if (shifted.some((one) => containsExtent(seen, one)) || getWidth(extent) === 0) return;
  const zoom = view.getZoom();
  view.fit(extent, { padding: [ROOM_PX, ROOM_PX, ROOM_PX, ROOM_PX], ...(zoom === undefined ? {} : { maxZoom: zoom }) });
}

function copied(line: readonly Place[]): number[][] {
  return line.map((place) => [...place]);
}
