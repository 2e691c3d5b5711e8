import { type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAddress } from "../../address";
import { DrawTools } from "../../map/DrawTools";
import { MapView } from "../../map/MapView";
import { isoOf, momentAtFirst } from "../../map/moments";
import { type Kind, regionOf, regionText } from "../../map/region";
import { RegionDrawing } from "../../map/RegionDrawing";
import { usePageTitle } from "../../shell/Page";
import { ProblemScreen } from "../../states";
import { useCollections } from "./asked";
import { Details } from "./Details";
import { Downloads } from "./Downloads";
import { FieldLegend, QuakeLegend, StationLegend } from "./Legends";
import { Lists } from "./Lists";
import "./map-page.css";
import { Panel } from "./Panel";
import { pickedOf } from "./picked";
import { TimeBar } from "./TimeBar";
import { TrackLegend } from "./TrackLegend";
import { useLayers } from "./useLayers";
import { useShown } from "./useShown";
import { type LayerName, VIEW } from "./view";

const SETTLED_MS = 300;

/** The home page: the region at an instant. */
export default function MapPage() {
  const { t } = useTranslation();
  usePageTitle(t("map.title"));
  const [view, change] = useAddress(VIEW);
  const collections = useCollections();
  const [at, setAt, ended] = useMoment(view.at, collections.data, (text) => change({ at: text }, { replace: true }));
  const shown = useShown(view, at, collections.data ?? []);
  const layers = useLayers(view, at, shown);
  const pick = useCallback((name: string) => change({ picked: name }), [change]);
  const picked = pickedOf(view.picked, at, shown);
  const [tool, setTool] = useState<Kind>();
  const region = useMemo(() => regionOf(view.picked), [view.picked]);
  const legends: Partial<Record<LayerName, ReactNode>> = {
    earthquakes: <QuakeLegend shown={shown.quakes.length} matched={shown.matched} />,
    zones: <p className="small faint">{t("map.legend.zones")}</p>,
    stations: <StationLegend marks={shown.marks} />,
    tracks: <TrackLegend shown={shown.satellites} />,
    field: shown.field !== undefined ? <FieldLegend {...shown.field} /> : shown.noMaps && <p className="small faint">{t("map.legend.noMaps")}</p>,
    borders: <p className="small faint">{t("map.legend.borders")}</p>,
  };

  return (
    <article className="map-page">
      <MapView layers={layers} centre={[view.lon, view.lat]} zoom={view.zoom} label={t("map.label")}
        onDrawn={shown.ready ? drawn : undefined}
        onMove={([lon, lat], zoom) => change({ lon: rounded(lon), lat: rounded(lat), zoom: rounded(zoom) }, { replace: true })}
        onPick={(found, [lon, lat]) => {
          if (tool === undefined) pick(String(found[0]?.get("picks") ?? (view.picked === "" ? `place/${rounded(lat)}/${rounded(lon)}` : "")));
        }}>
        <DrawTools tool={tool} onTool={setTool} />
        <RegionDrawing region={region} tool={tool} onStop={() => setTool(undefined)}
          onDrawn={(drawn) => { setTool(undefined); pick(regionText(drawn)); }} />
      </MapView>
      <details className="map-panel" open={window.innerWidth > 760}>
        <summary><h1>{t("map.title")}</h1></summary>
        {collections.error !== null && <ProblemScreen error={collections.error} again={() => void collections.refetch()} />}
        {ended && view.at === "" && at !== undefined && <p className="note small">{t("map.ended", { time: isoOf(at).slice(0, 10) })}</p>}
        <Panel view={view} change={change} fields={shown.fields} field={shown.collection} legends={legends} />
        <Lists quakes={shown.quakes} marks={shown.marks} pick={pick} />
        <Downloads view={view} at={at} collection={shown.collection} />
        <p className="small faint">{t("map.ground")}</p>
      </details>
      {picked !== undefined && <Details picked={picked} onClose={() => change({ picked: "" })} />}
      {at !== undefined && <TimeBar at={at} ended={ended} onChange={setAt} />}
    </article>
  );
}

/** The instant shown, at once as the slider moves; the address has it when the slider rests. */
function useMoment(told: string, held: Parameters<typeof momentAtFirst>[0] | undefined, tell: (text: string) => void) {
  const [moved, setMoved] = useState<number>();
  const first = useMemo(() => (held === undefined ? undefined : momentAtFirst(held, Date.now())), [held]);
  const at = moved ?? (told === "" ? first?.at : Date.parse(told));
  useEffect(() => {
    if (moved === undefined) return;
    const timer = setTimeout(() => {
      tell(isoOf(moved));
      setMoved(undefined);
    }, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [moved]);
  return [at, setMoved, first?.ended ?? false] as const;
}

function drawn(): void {
  if (performance.getEntriesByName("map:drawn").length === 0) performance.mark("map:drawn");
  document.documentElement.dataset["map"] = "drawn";
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
