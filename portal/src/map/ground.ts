import Feature from "ol/Feature";
import type Geometry from "ol/geom/Geometry";
import LineString from "ol/geom/LineString";
import MultiLineString from "ol/geom/MultiLineString";
import Polygon from "ol/geom/Polygon";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import Fill from "ol/style/Fill";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";
import Text from "ol/style/Text";
import { token } from "../theme/theme";
import groundUrl from "./ground.json?url";

/** Land, coasts and members' land borders, of Natural Earth. */
export interface Ground {
  land: Line[];
  coasts: Line[];
  borders: Line[];
}

type Line = [number, number][];

const SCALE = 50;
const GRID_DEG = 30;

/** The ground, which comes with the portal. */
export async function loadGround(signal: AbortSignal): Promise<Ground> {
  const answer = await fetch(groundUrl, { signal });
  if (!answer.ok) throw new Error(`The ground of the map did not come (${answer.status}).`);
  const told = (await answer.json()) as Record<keyof Ground, number[][]>;
  return { land: told.land.map(placesOf), coasts: told.coasts.map(placesOf), borders: told.borders.map(placesOf) };
}

/** Land and coasts. */
export function landLayer(ground: Ground): VectorLayer {
  const fill = new Style({ fill: new Fill({ color: token("--land") }) });
  const line = new Style({ stroke: new Stroke({ color: token("--coast"), width: 0.8 }) });
  const land = ground.land.map((ring) => styled(new Polygon([ring]), fill));
  return layerOf([...land, styled(new MultiLineString(ground.coasts), line)], 0);
}

/** Coasts alone, in a light line, over a map of values that hides the land. */
export function coastLayer(ground: Ground): VectorLayer {
  const line = new Style({ stroke: new Stroke({ color: "#ffffffb0", width: 0.9 }) });
  return layerOf([styled(new MultiLineString(ground.coasts), line)], 12);
}

/** Members' land borders. */
export function borderLayer(ground: Ground): VectorLayer {
  const line = new Style({ stroke: new Stroke({ color: token("--ink-3"), width: 1, lineDash: [4, 3] }) });
  return layerOf([styled(new MultiLineString(ground.borders), line)], 14);
}

/** Meridians and parallels every 30 degrees; the parallels tell their latitude where they cross meridian 0 and 180. */
export function gridLayer(): VectorLayer {
  const line = new Style({ stroke: new Stroke({ color: token("--hairline"), width: 1 }) });
  const lines: [number, number][][] = [];
  for (let x = -180; x < 180; x += GRID_DEG) lines.push([[x, -90], [x, 90]]);
  for (let y = -60; y <= 60; y += GRID_DEG) lines.push([[-180, y], [180, y]]);
  return layerOf(lines.map((one) => styled(new LineString(one), line)), 1);
}

/** A dashed line over the ground with its name on it, as the dip equator. */
export function namedLineLayer(parts: readonly (readonly (readonly [number, number])[])[], name: string): VectorLayer {
  const halo = new Stroke({ color: token("--ground"), width: 3 });
  const style = new Style({
    stroke: new Stroke({ color: token("--ink-2"), width: 1.5, lineDash: [9, 4, 2, 4] }),
    text: new Text({ text: name, placement: "line", font: "11px system-ui", fill: new Fill({ color: token("--ink-2") }), stroke: halo, textBaseline: "bottom", repeat: 700 }),
  });
  return layerOf(parts.map((part) => styled(new LineString(part.map((place) => [...place])), style)), 16);
}

/** The night side. */
export function nightLayer(ring: readonly (readonly [number, number])[]): VectorLayer {
  const dark = document.documentElement.dataset["theme"] === "dark";
  const style = new Style({ fill: new Fill({ color: dark ? faded("#000000", 0.42) : faded("#14191d", 0.1) }) });
  return layerOf([styled(new Polygon([ring.map((place) => [...place])]), style)], 15);
}

/** Features as a layer at a height among the others. */
export function layerOf(features: Feature<Geometry>[], zIndex: number, picked = false): VectorLayer {
  const layer = new VectorLayer({ source: new VectorSource({ features }), zIndex, declutter: false });
  layer.set("picked", picked);
  return layer;
}

/** A geometry that is drawn in a style. */
export function styled<G extends Geometry>(geometry: G, style: Style | Style[]): Feature<G> {
  const feature = new Feature({ geometry });
  feature.setStyle(style);
  return feature;
}

/** A colour `#rrggbb` at an opacity. */
export function faded(hex: string, opacity: number): string {
  return `${hex}${Math.round(opacity * 255).toString(16).padStart(2, "0")}`;
}

/** A line as `build/ground.ts` writes it. */
function placesOf(line: readonly number[]): Line {
  const out: Line = [];
  let [x, y] = [0, 0];
  for (let at = 0; at + 1 < line.length; at += 2) {
    [x, y] = [x + (line[at] as number), y + (line[at + 1] as number)];
    out.push([x / SCALE, y / SCALE]);
  }
  return out;
}
