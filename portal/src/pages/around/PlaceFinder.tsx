import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Kind, type Region, regionText } from "../../map/region";
import { PlaceForm } from "./PlaceForm";
import { type ChangeView, regionIn, regionPart, type View } from "./view";

const PlaceMap = lazy(() => import("./PlaceMap")); // the map's library is not waited for by who looks at an earthquake

/** A place, drawn on a map or written in numbers, and a window. */
export function PlaceFinder(props: { view: View; change: ChangeView }) {
  const { t } = useTranslation();
  const { view, change } = props;
  const told = regionIn(view);
  const key = told === undefined ? "" : regionText(told);
  const region = useMemo(() => told, [key]);
  const [kind, setKind] = useState<Kind>(region?.kind ?? "circle");
  const [draws, setDraws] = useState(true);
  const put = (next: Region | undefined) => change({ ...regionPart(next), edit: view.start !== "" && view.stop !== "" }, { replace: true });
  const choose = (tool: Kind | undefined) => {
    setDraws(tool !== undefined);
    if (tool !== undefined) setKind(tool);
  };
  return (
    <>
      <p className="faint">{t("around.finder.draw")}</p>
      <div className="place-map">
        <Suspense fallback={null}>
          <PlaceMap region={region} tool={draws ? kind : undefined} onTool={choose} onDrawn={put} />
        </Suspense>
      </div>
      <fieldset className="row kinds">
        <legend className="unseen">{t("map.draw.title")}</legend>
        {(["circle", "box"] as const).map((one) => (
          <label key={one} className="check">
            <input type="radio" name="kind" checked={kind === one} onChange={() => choose(one)} />
            {t(`around.finder.${one}`)}
          </label>
        ))}
      </fieldset>
      <PlaceForm kind={kind} region={region} start={view.start.slice(0, 10)} stop={view.stop.slice(0, 10)} onRegion={put}
        onLook={(start, stop) => change({ start, stop, edit: false })} />
    </>
  );
}
