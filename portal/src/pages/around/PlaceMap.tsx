import Point from "ol/geom/Point";
import CircleStyle from "ol/style/Circle";
import Fill from "ol/style/Fill";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { DrawTools } from "../../map/DrawTools";
import { gridLayer, landLayer, layerOf, styled } from "../../map/ground";
import { MapView } from "../../map/MapView";
import type { Kind, Region } from "../../map/region";
import { RegionDrawing } from "../../map/RegionDrawing";
import { token, useTheme } from "../../theme/theme";
import { useGround, useStations } from "../map/asked";

const CENTRE = [100, 20] as const;
const ZOOM = 2;

/** A map to draw a place on, with the stations whose place is known. */
export default function PlaceMap(props: { region: Region | undefined; tool: Kind | undefined; onTool: (tool: Kind | undefined) => void; onDrawn: (region: Region) => void }) {
  const { t } = useTranslation();
  const theme = useTheme();
  const ground = useGround().data;
  const stations = useStations().data;
  const layers = useMemo(() => {
    const image = new CircleStyle({ radius: 3, fill: new Fill({ color: token("--ink-2") }), stroke: new Stroke({ color: token("--ground"), width: 1 }) });
    const dots = (stations ?? []).map((one) => styled(new Point([one.longitude, one.latitude]), new Style({ image })));
    return [gridLayer(), ...(ground === undefined ? [] : [landLayer(ground)]), layerOf(dots, 50)];
  }, [ground, stations, theme]);
  return (
    <MapView layers={layers} centre={CENTRE} zoom={ZOOM} label={t("around.finder.mapLabel")}>
      <DrawTools tool={props.tool} onTool={props.onTool} />
      <RegionDrawing region={props.region} tool={props.tool} onDrawn={props.onDrawn} onStop={() => props.onTool(undefined)} follow />
    </MapView>
  );
}
