import Feature from "ol/Feature";
import LineString from "ol/geom/LineString";
import MultiLineString from "ol/geom/MultiLineString";
import Point from "ol/geom/Point";
import ImageLayer from "ol/layer/Image";
import type VectorLayer from "ol/layer/Vector";
import ImageCanvas from "ol/source/ImageCanvas";
import CircleStyle from "ol/style/Circle";
import Fill from "ol/style/Fill";
import Icon from "ol/style/Icon";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";
import Text from "ol/style/Text";
import type { Schemas } from "../../api/client";
import { glyph, type Health, shapeOf } from "../../map/glyphs";
import { type Grid, painted } from "../../map/grid";
import { faded, layerOf, styled } from "../../map/ground";
import { freshness, radiusOf } from "../../map/quakes";
import { circle, type Place } from "../../map/sphere";
import { during, type Flown, linesOf, placeDuring } from "../../map/tracks";
import { sourceColour } from "../../theme/sources";
import { type Theme, token } from "../../theme/theme";
import { NEXT_MS, PAST_MS } from "./asked";
import type { StationMark } from "./stationMarks";

type Quake = Schemas["Earthquake"];

/** Earthquakes before an instant, large ones first so that small ones lie on top; a picked one has a bold ring. */
export function quakeLayer(quakes: readonly Quake[], at: number, picked: string): VectorLayer {
  const [ink, ground] = [token("--bad"), token("--ground")];
  const sorted = [...quakes].sort((one, other) => (other.magnitude ?? 0) - (one.magnitude ?? 0));
  const features = sorted.map((one) => {
    const chosen = picked === `event/${one.event_id}`;
    const image = new CircleStyle({
      radius: radiusOf(one.magnitude),
      fill: new Fill({ color: faded(ink, 0.75 * freshness(at - Date.parse(one.time))) }),
      stroke: new Stroke({ color: chosen ? token("--ink") : ink, width: chosen ? 3 : 1 }),
    });
    const halo = new CircleStyle({ radius: radiusOf(one.magnitude) + 1, stroke: new Stroke({ color: faded(ground, 0.8), width: 1 }) });
    return picks(styled(new Point([one.longitude, one.latitude]), [new Style({ image: halo }), new Style({ image })]), `event/${one.event_id}`);
  });
  return layerOf(features, 40, true);
}

/** Circles of the preparation zones of earthquakes. */
export function zoneLayer(quakes: readonly Quake[]): VectorLayer {
  const style = new Style({ stroke: new Stroke({ color: token("--bad"), width: 1.2, lineDash: [6, 4] }) });
  const features = quakes.flatMap((one) =>
    one.preparation_radius_km === null ? [] : [styled(new MultiLineString(coordinates(circle([one.longitude, one.latitude], one.preparation_radius_km))), style)],
  );
  return layerOf(features, 30);
}

/** Stations: shape by kind, filling by health. */
export function stationLayer(marks: readonly StationMark[], picked: string): VectorLayer {
  const colours = { ink: token("--ink"), ground: token("--ground") };
  const ratio = window.devicePixelRatio;
  const drawn = new Map<string, Icon>();
  const icon = (domain: string, health: Health) => {
    const key = `${shapeOf(domain)} ${health}`;
    const made = drawn.get(key) ?? new Icon({ img: glyph(shapeOf(domain), health, colours, 6, ratio), scale: 1 / ratio });
    drawn.set(key, made);
    return made;
  };
  const ring = new Style({ image: new CircleStyle({ radius: 11, stroke: new Stroke({ color: token("--accent"), width: 2.5 }) }) });
  const features = marks.map((one) => {
    const name = `station/${one.scheme}/${one.code}`;
    const style = new Style({ image: icon(one.domain, one.health) });
    return picks(styled(new Point([...one.place]), picked === name ? [ring, style] : [style]), name);
  });
  return layerOf(features, 50, true);
}

export interface Satellite {
  platform: string;
  /** Collection whose colour its lines have. */
  source: string;
  held: readonly Flown[];
  foretold: Flown;
}

/** Tracks: past ones full lines that fade with age, the next ones dashed, and where the satellite is now. */
export function trackLayer(satellites: readonly Satellite[], at: number, theme: Theme): VectorLayer {
  const features = satellites.flatMap((one) => {
    const colour = sourceColour(one.source, theme);
    const name = `satellite/${one.platform}`;
    const past = one.held.flatMap((track) => {
      const part = during(track, at - PAST_MS, at);
      if (part.places.length < 2) return [];
      const age = (at - (part.times.at(-1) ?? at)) / PAST_MS;
      return [line(part, new Stroke({ color: faded(colour, 0.9 - 0.6 * age), width: 1.8 }), name)];
    });
    const next = during(one.foretold, at, at + NEXT_MS);
    const ahead = next.places.length < 2 ? [] : [line(next, new Stroke({ color: colour, width: 1.4, lineDash: [2, 5], lineCap: "butt" }), name)];
    return [...past, ...ahead, ...here(one, at, colour, name)];
  });
  return layerOf(features, 35, true);
}

function line(track: Flown, stroke: Stroke, name: string): Feature {
  return picks(styled(new MultiLineString(coordinates(linesOf(track))), new Style({ stroke })), name);
}

/** The satellite itself: full where it was observed there, open where it is foretold. */
function here(one: Satellite, at: number, colour: string, name: string): Feature[] {
  const observed = one.held.map((track) => placeDuring(track, at)).find((place) => place !== undefined);
  const place = observed ?? placeDuring(one.foretold, at);
  if (place === undefined) return [];
  const ground = token("--ground");
  const image = new CircleStyle({
    radius: 5, fill: new Fill({ color: observed === undefined ? ground : colour }), stroke: new Stroke({ color: observed === undefined ? colour : ground, width: 2 }),
  });
  const text = new Text({
    text: one.platform, offsetX: 10, textAlign: "left", font: "11px system-ui", fill: new Fill({ color: token("--ink") }), stroke: new Stroke({ color: ground, width: 3 }),
  });
  return [picks(styled(new Point([...place]), new Style({ image, text })), name)];
}

/** A map of values; simulated ones are hatched. */
export function fieldLayer(grid: Grid, low: number, high: number, table: Uint8ClampedArray, simulated: boolean): ImageLayer<ImageCanvas> {
  const earth = earthOf(painted(grid, low, high, table));
  const source = new ImageCanvas({
    projection: "EPSG:4326",
    ratio: 1,
    canvasFunction: (extent, resolution, ratio, size) => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [size[0] ?? 1, size[1] ?? 1];
      const pen = canvas.getContext("2d");
      if (pen === null) return canvas;
      const [west = 0, , east = 0, north = 0] = extent;
      const pixels = ratio / resolution;
      for (let turn = Math.floor((west + 180) / 360); turn * 360 - 180 < east; turn += 1)
        pen.drawImage(earth, (turn * 360 - 180 - west) * pixels, (north - 90) * pixels, 360 * pixels, 180 * pixels);
      if (simulated) hatch(pen, canvas, ratio);
      return canvas;
    },
  });
  return new ImageLayer({ source, zIndex: 5, opacity: 0.75 });
}

function earthOf(pixels: Uint8ClampedArray): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(Math.sqrt(pixels.length / 2));
  canvas.height = canvas.width / 2;
  canvas.getContext("2d")?.putImageData(new ImageData(new Uint8ClampedArray(pixels), canvas.width), 0, 0);
  return canvas;
}

function hatch(pen: CanvasRenderingContext2D, canvas: HTMLCanvasElement, ratio: number): void {
  pen.globalCompositeOperation = "source-atop";
  pen.strokeStyle = faded("#ffffff", 0.22);
  pen.lineWidth = ratio;
  pen.beginPath();
  for (let x = -canvas.height; x < canvas.width; x += 9 * ratio) {
    pen.moveTo(x, canvas.height);
    pen.lineTo(x + canvas.height, 0);
  }
  pen.stroke();
}

/** A place marked by a small cross, as where one reads a value. */
export function crossLayer([x, y]: Place): VectorLayer {
  const style = new Style({ stroke: new Stroke({ color: token("--ink"), width: 1.2 }) });
  const [dx, dy] = [0.6, 0.6];
  return layerOf([styled(new LineString([[x - dx, y], [x + dx, y]]), style), styled(new LineString([[x, y - dy], [x, y + dy]]), style)], 45);
}

function picks<F extends Feature>(feature: F, name: string): F {
  feature.set("picks", name);
  return feature;
}

function coordinates(parts: readonly (readonly Place[])[]): number[][][] {
  return parts.map((part) => part.map((place) => [...place]));
}
