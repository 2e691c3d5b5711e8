import { useTranslation } from "react-i18next";
import { bound, whole } from "../../figures/numbers";
import { sourceColour } from "../../theme/sources";
import { useTheme } from "../../theme/theme";
import type { Surroundings } from "./asked";
import { type Count, toggled } from "./rows";
import type { ChangeView, View } from "./view";

/** Everything that is there: how much of it, of when, how far, under which terms, and what to cite. */
export function Holdings(props: { around: Surroundings; view: View; change: ChangeView }) {
  const { t } = useTranslation();
  const { around, view, change } = props;
  const toggle = (name: string) => change({ hidden: toggled(view.hidden, name) }, { replace: true });
  return (
    <section className="stack">
      <h2>{t("around.holdings.title")}</h2>
      <div className="scrolls holdings" tabIndex={0} role="region" aria-label={t("around.holdings.title")}>
        <table>
          <thead>
            <tr>
              <th>{t("around.holdings.collection")}</th>
              <th>{t("around.holdings.shape")}</th>
              <th className="number">{t("around.holdings.count")}</th>
              <th>{t("around.holdings.span")}</th>
              <th className="number">{t("around.holdings.distance")}</th>
              <th>{t("around.holdings.terms")}</th>
              <th>{t("around.holdings.version")}</th>
            </tr>
          </thead>
          <tbody>
            {around.counts.map((one) => (
              <Holding
                key={`${one.collection_id} ${one.simulated}`}
                count={one}
                drawn={!view.hidden.includes(one.collection_id)}
                toggle={() => toggle(one.collection_id)}
              />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Holding(props: { count: Count; drawn: boolean; toggle: () => void }) {
  const { t } = useTranslation();
  const theme = useTheme();
  const { count, drawn } = props;
  const colour = { background: sourceColour(count.collection_id, theme) };
  return (
    <tr className={count.simulated ? "simulated" : undefined}>
      <td>
        <label className="check">
          {count.shape !== "events" && <input type="checkbox" checked={drawn} onChange={props.toggle} />}
          <span className="swatch" style={colour} aria-hidden="true" />
          <span>{count.collection_id}</span>
          {count.simulated && <span className="tag">{t("around.simulated")}</span>}
        </label>
      </td>
      <td>{t(`around.shapes.${shapeOf(count.shape)}`)}</td>
      <td className="number">
        {count.exact ? "" : "≤ "}
        {whole(count.count)}
      </td>
      <td>
        {bound(count.first)} – {bound(count.last)}
      </td>
      <td className="number">{count.distance_km === null ? "–" : whole(count.distance_km)}</td>
      <td>{count.licence || count.citation || "–"}</td>
      <td className="mono">{count.version}</td>
    </tr>
  );
}

const SHAPES = ["series", "track", "field", "events", "rays", "profile"] as const;

function shapeOf(shape: string): (typeof SHAPES)[number] {
  return SHAPES.find((one) => one === shape) ?? "series";
}
