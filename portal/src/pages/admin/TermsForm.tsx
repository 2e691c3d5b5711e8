import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../api/session";
import { whole } from "../../figures/numbers";
import { Said } from "./Said";
import { ACCESSES, type Draft, draftOf, type TermsInForce, termsOf, useSetTerms } from "./terms";

/** The terms of what one provider handed in of a collection; they hold from the next question on. */
export function TermsForm(props: { collection: string; held: TermsInForce }) {
  const { t } = useTranslation();
  const { held } = props;
  const set = useSetTerms(props.collection, held.provider);
  const [draft, setDraft] = useState(() => draftOf(held));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    set.mutate(termsOf(draft, held));
  };
  const done = set.data?.reduce((sum, one) => sum + one.granules, 0);
  return (
    <form onSubmit={submit} aria-label={t("admin.termsOf", { name: props.collection })}>
      <div className="edit">
        <div className="field">
          <span>{t("admin.provider")}</span>
          <strong>{held.provider || t("admin.archive")}</strong>
        </div>
        <TermsFields draft={draft} change={(part) => setDraft((was) => ({ ...was, ...part }))} />
        <button type="submit" className="main" disabled={set.isPending}>
          {t("admin.save")}
        </button>
      </div>
      <p className="faint small">{t("admin.accessNote")}</p>
      <Said error={set.error} done={done === undefined ? undefined : t("admin.saved", { granules: whole(done) })} />
    </form>
  );
}

function TermsFields(props: { draft: Draft; change: (part: Partial<Draft>) => void }) {
  const { t } = useTranslation();
  const { draft, change } = props;
  const { data: who } = useSession();
  return (
    <>
      <label className="field">
        <span>{t("admin.access")}</span>
        <select value={draft.access} onChange={(e) => change({ access: e.target.value })}>
          {ACCESSES.map((one) => (
            <option key={one} value={one}>
              {t(`data.accesses.${one}`)}
            </option>
          ))}
        </select>
      </label>
      {draft.access === "named" && <Text label={t("admin.named")} value={draft.named} change={(named) => change({ named })} required />}
      <label className="field">
        <span>{t("admin.embargo")}</span>
        <input type="date" value={draft.until} onChange={(e) => change({ until: e.target.value })} />
      </label>
      <Text label={t("admin.licence")} value={draft.licence} change={(licence) => change({ licence })} />
      {who?.roles.includes("project_admin") && <Text label={t("admin.owner")} value={draft.owner} change={(owner) => change({ owner })} />}
      <div className="wide">
        <Text label={t("admin.citation")} value={draft.citation} change={(citation) => change({ citation })} />
      </div>
    </>
  );
}

function Text(props: { label: string; value: string; change: (value: string) => void; required?: boolean }) {
  return (
    <label className="field">
      <span>{props.label}</span>
      <input value={props.value} required={props.required} onChange={(e) => props.change(e.target.value)} />
    </label>
  );
}
