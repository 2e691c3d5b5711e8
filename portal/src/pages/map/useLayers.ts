import type BaseLayer from "ol/layer/Base";
import { useDeferredValue, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { borderLayer, coastLayer, gridLayer, landLayer, namedLineLayer, nightLayer } from "../../map/ground";
import { nightRing } from "../../map/sun";
import { colourTable } from "../../theme/maps";
import { useTheme } from "../../theme/theme";
import { crossLayer, fieldLayer, quakeLayer, stationLayer, trackLayer, zoneLayer } from "./layers";
import type { Shown } from "./useShown";
import type { View } from "./view";

const ZONES_FROM = 6;

/** The layers of the map, each made anew only when what it shows changes. */
export function useLayers(view: View, at: number | undefined, shown: Shown): BaseLayer[] {
  const { t } = useTranslation();
  const theme = useTheme();
  const on = (name: string) => view.layers.includes(name);
  const { quakes, marks, tracks, equator, field } = shown;
  const ground = useDeferredValue(shown.ground); // what depends on nothing of it is asked for before it is drawn
  const [night, borders, showsEquator] = [on("night"), on("borders"), on("equator")];
  const still = useMemo(
    () => (ground === undefined ? [gridLayer()] : [gridLayer(), landLayer(ground), ...(borders ? [borderLayer(ground)] : [])]),
    [ground, borders, theme],
  );
  const covered = on("field") && field?.grid !== undefined;
  const coasts = useMemo(() => (ground === undefined || !covered ? [] : [coastLayer(ground)]), [ground, covered, theme]);
  const line = useMemo(
    () => (showsEquator && equator.length > 0 ? [namedLineLayer([equator], t("map.layers.equator"))] : []),
    [showsEquator, equator, theme, t],
  );
  const sun = useMemo(() => (night && at !== undefined ? [nightLayer(nightRing(at))] : []), [night, at, theme]);
  const values = useMemo(
    () => (field?.grid === undefined ? [] : [fieldLayer(field.grid, field.low, field.high, colourTable(field.colours), field.simulated)]),
    [field],
  );
  const events = useMemo(() => {
    if (at === undefined) return [];
    const picked = quakes.filter((one) => view.picked === `event/${one.event_id}`);
    const zones = on("zones") ? [...picked, ...quakes.filter((one) => (one.magnitude ?? 0) >= ZONES_FROM && !picked.includes(one))] : picked;
    return [...(on("earthquakes") ? [quakeLayer(quakes, at, view.picked)] : []), zoneLayer(zones)];
  }, [quakes, at, view.picked, view.layers, theme]);
  const stations = useMemo(() => (on("stations") ? [stationLayer(marks, view.picked)] : []), [marks, view.picked, view.layers, theme]);
  const flights = useMemo(() => (at === undefined || !on("tracks") ? [] : [trackLayer(tracks, at, theme)]), [tracks, at, view.layers, theme]);
  const cross = useMemo(() => {
    const [kind, latitude, longitude] = view.picked.split("/");
    return kind === "place" ? [crossLayer([Number(longitude), Number(latitude)])] : [];
  }, [view.picked, theme]);
  return useMemo(
    () => [...still, ...(on("field") ? values : []), ...coasts, ...sun, ...line, ...events, ...flights, ...stations, ...cross],
    [still, coasts, values, sun, line, events, flights, stations, cross, view.layers],
  );
}
