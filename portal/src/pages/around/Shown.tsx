import { useTranslation } from "react-i18next";
import { Trouble } from "../../states";
import { Told } from "../../words/Told";
import type { Schemas } from "../../api/client";
import { percent } from "../../figures/numbers";
import { type Surroundings, useMethods } from "./asked";
import { isDetector } from "./marks";
import { toggled, variablesOf } from "./rows";
import type { ChangeView, View } from "./view";

/** What is drawn: the variable, storms, control windows, and detectors, each with its false-alarm rate. */
export function Shown(props: { around: Surroundings; view: View; change: ChangeView }) {
  const { t } = useTranslation();
  const { around, view, change } = props;
  const variables = variablesOf(around.counts);
  const chosen = view.variable || (variables[0] ?? "");
  return (
    <div className="shown">
      <div className="row">
        <label className="check">
          <span>{t("around.variable")}</span>
          <select value={chosen} onChange={(e) => change({ variable: e.target.value })}>
            {variables.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label className="check">
          <input type="checkbox" checked={view.storms} onChange={() => change({ storms: !view.storms })} />
          <span className="key storm" aria-hidden="true" />
          {t("around.storms")}
        </label>
        {around.event !== null && (
          <label className="check">
            <input type="checkbox" checked={view.controls} onChange={() => change({ controls: !view.controls })} />
            <span className="key control" aria-hidden="true" />
            {t("around.controls")}
          </label>
        )}
        <label className="check">
          <span>{t("around.step")}</span>
          <select
            value={view.step}
            onChange={(e) => change({ step: (["3600", "900", "10800"] as const).find((s) => s === e.target.value) ?? "3600" })}
          >
            <option value="900">15 min</option>
            <option value="3600">1 h</option>
            <option value="10800">3 h</option>
          </select>
        </label>
      </div>
      <Detectors view={view} change={change} />
    </div>
  );
}

function Detectors(props: { view: View; change: ChangeView }) {
  const { t } = useTranslation();
  const { view, change } = props;
  const methods = useMethods();
  const detectors = (methods.data ?? []).filter(isDetector);
  return (
    <fieldset className="detectors">
      <legend>{t("around.detectors")}</legend>
      {methods.error && <Trouble error={methods.error} />}
      {detectors.map((one) => (
        <Detector
          key={one.name}
          method={one}
          on={view.detectors.includes(one.name)}
          toggle={() => change({ detectors: toggled(view.detectors, one.name) })}
        />
      ))}
    </fieldset>
  );
}

function Detector(props: { method: Schemas["Method"]; on: boolean; toggle: () => void }) {
  const { t } = useTranslation();
  const { method } = props;
  const rate = percent(method.null_rate?.value, 0);
  return (
    <label className="check" title={method.reference}>
      <input type="checkbox" checked={props.on} onChange={props.toggle} />
      <span><Told of={`methods.${method.name}.title`} en={method.title} /></span>
      <strong>{t("around.marksNoise", { rate })}</strong>
    </label>
  );
}
