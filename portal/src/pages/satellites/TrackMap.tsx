import MultiLineString from "ol/geom/MultiLineString";
import Point from "ol/geom/Point";
import CircleStyle from "ol/style/Circle";
import Fill from "ol/style/Fill";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { faded, gridLayer, landLayer, layerOf, styled } from "../../map/ground";
import { MapView } from "../../map/MapView";
import { DAY_MS } from "../../map/moments";
import { circle } from "../../map/sphere";
import { during, flownOf, foretoldOf, linesOf } from "../../map/tracks";
import { sourceColour } from "../../theme/sources";
import { token, useTheme } from "../../theme/theme";
import { useGround } from "../map/asked";
import type { HalfOrbit } from "./asked";
import { centreOf } from "./view";

const CENTRE = [95, 15] as const;

interface TrackMapProps {
  halves: readonly HalfOrbit[];
  chosen: string;
  choose: (id: string) => void;
  source: string;
  foretold: Schemas["Prediction"]["places"];
  /** When what is foretold begins; a day of it is drawn. */
  from: number;
  near: string;
  radius_km: number;
}

/** Half-orbits over the ground, the chosen one bold, its beginning a dot; what is foretold is dotted. */
export function TrackMap(props: TrackMapProps) {
  const { t } = useTranslation();
  const theme = useTheme();
  const ground = useGround();
  const { halves, chosen, source, foretold, near, radius_km, from } = props;
  const still = useMemo(() => [gridLayer(), ...(ground.data === undefined ? [] : [landLayer(ground.data)])], [ground.data, theme]);
  const tracks = useMemo(() => {
    const colour = sourceColour(source, theme);
    const centre = centreOf(near);
    const dotted = new Style({ stroke: new Stroke({ color: faded(colour, 0.65), width: 1.2, lineDash: [1.5, 4] }) });
    const ring = new Style({ stroke: new Stroke({ color: token("--ink-2"), width: 1.2, lineDash: [6, 4] }) });
    const round = centre === undefined ? [] : [styled(new MultiLineString(copied(circle([centre.longitude, centre.latitude], radius_km))), ring)];
    const ahead = foretold.length < 2 ? [] : [styled(new MultiLineString(copied(linesOf(during(foretoldOf(foretold), from, from + DAY_MS)))), dotted)];
    const flown = halves.flatMap((one) => drawnHalf(one, one.half_orbit_id === chosen, colour));
    return [layerOf([...ahead, ...round], 20), layerOf(flown, 30, true)];
  }, [halves, chosen, source, foretold, from, near, radius_km, theme]);
  return (
    <div className="track-map">
      <MapView layers={useMemo(() => [...still, ...tracks], [still, tracks])} centre={CENTRE} zoom={1.6} label={t("satellites.mapLabel")}
        onPick={([found]) => found !== undefined && props.choose(String(found.get("picks")))} />
    </div>
  );
}

function drawnHalf(half: HalfOrbit, chosen: boolean, colour: string) {
  const flown = flownOf(half);
  const stroke = new Stroke({ color: chosen ? colour : faded(colour, 0.6), width: chosen ? 4 : 1.6 });
  const line = styled(new MultiLineString(copied(linesOf(flown))), new Style({ stroke, zIndex: chosen ? 1 : 0 }));
  line.set("picks", half.half_orbit_id);
  const [start] = flown.places;
  if (!chosen || start === undefined) return [line];
  const image = new CircleStyle({ radius: 5, fill: new Fill({ color: token("--ground") }), stroke: new Stroke({ color: colour, width: 2.5 }) });
  return [line, styled(new Point([...start]), new Style({ image, zIndex: 2 }))];
}

function copied(parts: readonly (readonly (readonly [number, number])[])[]): number[][][] {
  return parts.map((part) => part.map((place) => [...place]));
}
