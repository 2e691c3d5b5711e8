import { useTranslation } from "react-i18next";
import { Told } from "../../words/Told";
import { Link } from "wouter";
import { minute, whole } from "../../figures/numbers";
import type { Provenance } from "./result";

/** How a study came about: archive, inputs, methods, software; and a way to declare another like it. */
export function Origin(props: { provenance: Provenance; studyId: string }) {
  const { t } = useTranslation();
  const { provenance } = props;
  return (
    <section className="stack">
      <h2>{t("studies.origin.title")}</h2>
      <p>
        {provenance.archive &&
          t("studies.origin.archive", { identity: provenance.archive.identity, when: minute(provenance.archive.as_of) })}{" "}
        <Link href={`/studies/new?from=${props.studyId}`}>{t("studies.origin.another")}</Link>
      </p>
      <Inputs inputs={provenance.inputs} />
      <Methods provenance={provenance} />
    </section>
  );
}

function Inputs(props: Pick<Provenance, "inputs">) {
  const { t } = useTranslation();
  return (
    <details>
      <summary>{t("studies.origin.inputs", { number: whole(props.inputs.length) })}</summary>
      <div className="scrolls">
        <table>
          <tbody>
            {props.inputs.map((one) => (
              <tr key={one.granule_id} className={one.simulated ? "simulated" : undefined}>
                <td className="mono">{`${one.granule_id}@${one.version}`}</td>
                <td className="mono faint">{one.sha256.slice(0, 16)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function Methods(props: { provenance: Provenance }) {
  const { t } = useTranslation();
  const { methods, software } = props.provenance;
  return (
    <details>
      <summary>{t("studies.origin.methods", { number: whole(methods.length) })}</summary>
      <ul>
        {methods.map((one) => (
          <li key={one.name}>
            <Told of={`methods.${one.name}.title`} en={one.title ?? one.name} />{" "}
            <span className="faint" lang="en">{`${one.name} ${one.version} · ${one.reference ?? ""}`}</span>
          </li>
        ))}
      </ul>
      <p className="mono faint small">
        {Object.entries(software).map(([name, version]) => `${name} ${version}`).join(" · ")}
      </p>
    </details>
  );
}
