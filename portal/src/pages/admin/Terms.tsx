import { useTranslation } from "react-i18next";
import { text, useAddress } from "../../address";
import { minute, whole } from "../../figures/numbers";
import { Table } from "../../shell/Table";
import { Answer } from "../../states";
import { Access } from "../data/Collections";
import { useCollections } from "../data/collections";
import type { Collection } from "../data/fitting";
import { TermsForm } from "./TermsForm";
import { useTerms, useTermsHistory } from "./terms";

const VIEW = { collection: text() };

/** Whose a collection is, who may see it, and from when; what was set, and what is under embargo. */
export function Terms() {
  const { t } = useTranslation();
  const [{ collection }, change] = useAddress(VIEW);
  const all = useCollections();
  return (
    <Answer query={all}>
      {(collections) => (
        <div className="stack">
          <Embargoes all={collections} choose={(one) => change({ collection: one })} />
          <section className="stack">
            <h2>{t("admin.termsTitle")}</h2>
            <label className="field" style={{ maxWidth: 480 }}>
              <span>{t("admin.choose")}</span>
              <select value={collection} onChange={(event) => change({ collection: event.target.value })}>
                <option value="">–</option>
                {collections.map((one) => (
                  <option key={one.collection_id}>{one.collection_id}</option>
                ))}
              </select>
            </label>
            {collection !== "" && <InForce collection={collection} />}
          </section>
          <History collection={collection} />
        </div>
      )}
    </Answer>
  );
}

function Embargoes(props: { all: readonly Collection[]; choose: (collection: string) => void }) {
  const { t } = useTranslation();
  const held = props.all.filter((one) => one.embargo_until !== null && Date.parse(one.embargo_until) > Date.now());
  return (
    <section className="stack">
      <h2>{t("admin.embargoes")}</h2>
      {held.length === 0 ? (
        <p className="faint">{t("admin.noEmbargoes")}</p>
      ) : (
        <div className="scrolls">
          <table>
            <tbody>
              {held.map((one) => (
                <tr key={one.collection_id}>
                  <td className="mono">{one.collection_id}</td>
                  <td>{one.owner || t("admin.archive")}</td>
                  <td>
                    <Access one={one} />
                  </td>
                  <td>
                    <button type="button" aria-label={`${t("admin.change")}: ${one.collection_id}`} onClick={() => props.choose(one.collection_id)}>
                      {t("admin.change")}
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function InForce(props: { collection: string }) {
  const query = useTerms(props.collection);
  return (
    <Answer query={query}>
      {(terms) => terms.map((one) => <TermsForm key={`${props.collection} ${one.provider}`} collection={props.collection} held={one} />)}
    </Answer>
  );
}

function History(props: { collection: string }) {
  const { t } = useTranslation();
  const query = useTermsHistory(props.collection);
  return (
    <section className="stack">
      <h2>{t("admin.history")}</h2>
      <Answer query={query} empty={(all) => all.length === 0} whenEmpty={<p className="faint">{t("admin.none")}</p>}>
        {(all) => (
          <Table
            heads={[
              t("admin.when"),
              t("admin.by"),
              t("admin.subject"),
              t("admin.access"),
              t("admin.licence"),
              { text: t("admin.granules"), as: "number" },
            ]}
          >
            {all.slice(0, 100).map((one) => (
              <tr key={`${one.set} ${one.subject}`}>
                <td className="nowrap">{minute(one.set)}</td>
                <td>{one.made_by}</td>
                <td className="mono">{one.subject}</td>
                <td>
                  <Access one={one} />
                </td>
                <td>{one.licence}</td>
                <td className="number">{whole(one.granules)}</td>
              </tr>
            ))}
          </Table>
        )}
      </Answer>
    </section>
  );
}
