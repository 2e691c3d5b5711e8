import type { Schemas } from "../../api/client";
import { fixed, minute } from "../../figures/numbers";
import { Told } from "../../words/Told";

/** Why it is not foretold where a satellite will be. */
export function Unforetold({ prediction }: { prediction: Schemas["Prediction"] }) {
  const { because, reason, known_until: last, first } = prediction;
  const values = {
    last: last === null ? "" : `${minute(last)} UTC`,
    first: first === null ? "" : `${minute(first)} UTC`,
    days: prediction.within_days,
    km: fixed(prediction.within_along_km, 0),
  };
  return <Told of={`because.${because}`} en={reason} values={values} />;
}
