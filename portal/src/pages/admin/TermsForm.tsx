import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../api/session";
import { whole } from "../../figures/numbers";
import { Said } from "./Said";
import { type NewTerms, type TermsInForce, useSetTerms } from "./terms";

const ACCESSES = ["open", "members", "named", "private"] as const;

/** The terms of what one provider handed in of a collection; they hold from the next question on. */
export function TermsForm(props: { collection: string; held: TermsInForce }) {
  const { t } = useTranslation();
  const { held } = props;
  const { data: who } = useSession();
  const set = useSetTerms(props.collection, held.provider);
  const [access, setAccess] = useState(held.access);
  const [named, setNamed] = useState(held.named.join(" "));
  const [until, setUntil] = useState(held.embargo_until?.slice(0, 10) ?? "");
  const [licence, setLicence] = useState(held.licence);
  const [citation, setCitation] = useState(held.citation);
  const [owner, setOwner] = useState(held.owner);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted: NewTerms = {
      access: ACCESSES.find((one) => one === access) ?? null,
      named: named.split(/[\s,]+/).filter(Boolean),
      embargo_until: until === "" ? "none" : until,
      licence,
      citation,
      owner: owner === held.owner ? null : owner, // set only by who runs the archive
    };
    set.mutate(wanted);
  };
  const done = set.data?.reduce((sum, one) => sum + one.granules, 0);
  return (
    <form onSubmit={submit} aria-label={t("admin.termsOf", { name: props.collection })}>
      <div className="edit">
        <div className="field">
          <span>{t("admin.provider")}</span>
          <strong>{held.provider || t("admin.archive")}</strong>
        </div>
        <label className="field">
          <span>{t("admin.access")}</span>
          <select value={access} onChange={(e) => setAccess(e.target.value)}>
            {ACCESSES.map((one) => (
              <option key={one} value={one}>
                {t(`data.accesses.${one}`)}
              </option>
            ))}
          </select>
        </label>
        {access === "named" && <Text label={t("admin.named")} value={named} change={setNamed} required />}
        <label className="field">
          <span>{t("admin.embargo")}</span>
          <input type="date" value={until} onChange={(e) => setUntil(e.target.value)} />
        </label>
        <Text label={t("admin.licence")} value={licence} change={setLicence} />
        {who?.roles.includes("project_admin") && <Text label={t("admin.owner")} value={owner} change={setOwner} />}
        <div className="wide">
          <Text label={t("admin.citation")} value={citation} change={setCitation} />
        </div>
        <button type="submit" className="main" disabled={set.isPending}>
          {t("admin.save")}
        </button>
      </div>
      <p className="faint small">{t("admin.accessNote")}</p>
      <Said error={set.error} done={done === undefined ? undefined : t("admin.saved", { granules: whole(done) })} />
    </form>
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
