import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { type ChangeView, LAYERS, type LayerName, MAGNITUDES, type View } from "./view";

/** What is shown, each with its legend below it when it is on. */
export function Panel(props: {
  view: View;
  change: ChangeView;
  fields: readonly Schemas["Collection"][];
  field: string | undefined;
  legends: Partial<Record<LayerName, ReactNode>>;
}) {
  const { t } = useTranslation();
  const { view, change, fields, field, legends } = props;
  const toggle = (name: LayerName) =>
    change({ layers: LAYERS.filter((one) => (one === name) !== view.layers.includes(one)) }, { replace: true });
  return (
    <fieldset className="map-layers">
      <legend className="unseen">{t("map.layers.title")}</legend>
      {LAYERS.filter((name) => name !== "field" || fields.length > 0).map((name) => {
        const on = view.layers.includes(name);
        return (
          <div key={name} className="map-layer">
            <label className="check">
              <input type="checkbox" checked={on} onChange={() => toggle(name)} />
              {t(`map.layers.${name}`)}
            </label>
            {on && name === "earthquakes" && <Magnitudes least={view.magnitude} change={change} />}
            {on && name === "field" && fields.length > 1 && (
              <select aria-label={t("map.layers.field")} value={field} onChange={({ target }) => change({ field: target.value }, { replace: true })}>
                {fields.map((one) => <option key={one.collection_id} value={one.collection_id}>{one.collection_id}</option>)}
              </select>
            )}
            {on && legends[name] !== undefined && <div className="map-legend">{legends[name]}</div>}
          </div>
        );
      })}
    </fieldset>
  );
}

function Magnitudes({ least, change }: { least: number; change: ChangeView }) {
  const { t } = useTranslation();
  const offered = [...new Set([...MAGNITUDES, least])].sort((one, other) => one - other);
  return (
    <select aria-label={t("map.magnitude")} value={least} onChange={({ target }) => change({ magnitude: Number(target.value) }, { replace: true })}>
      {offered.map((one) => <option key={one} value={one}>M ≥ {one}</option>)}
    </select>
  );
}
