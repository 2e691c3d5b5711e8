import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { Said } from "../admin/Said";
import { BLANK, type Contact, type ContactPart, filled, MOST, type Named, PARTS } from "./contacts";
import { useProviderName } from "./memberNames";
import { useSetContacts } from "./useSetContacts";

const KINDS: Partial<Record<ContactPart, string>> = { email: "email", web: "url" };
const ORDER = Object.keys(PARTS) as ContactPart[];

/** Sets whom to ask about a station, for one provider; or takes back what was set. */
export function ContactsForm(props: { station: Schemas["StationAlone"]; provider: string; held: Named | undefined }) {
  const { t } = useTranslation();
  const { station, provider, held } = props;
  const providerName = useProviderName();
  const set = useSetContacts(station.code_scheme, station.code, provider);
  const [draft, setDraft] = useState<readonly Contact[]>(held?.contacts ?? [BLANK]);
  const change = (at: number, part: ContactPart, text: string) =>
    setDraft(draft.map((one, other) => (other === at ? { ...one, [part]: text } : one)));
  const wanted = filled(draft);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wanted.length > 0) set.mutate(wanted);
  };
  const done = set.data === undefined ? undefined : t(set.data > 0 ? "stations.contacts.saved" : "stations.contacts.takenBack");
  return (
    <form className="stack contacts-form" onSubmit={submit} aria-label={t("stations.contacts.of", { provider: providerName(provider) })}>
      <h3>{t("stations.contacts.of", { provider: providerName(provider) })}</h3>
      {draft.map((one, at) => (
        <fieldset key={at} className="row end">
          <legend className="unseen">{t("stations.contacts.number", { number: at + 1 })}</legend>
          {ORDER.map((part) => (
            <label key={part} className="field">
              <span>{t(`stations.contacts.parts.${part}`)}</span>
              <input type={KINDS[part] ?? "text"} value={one[part]} maxLength={PARTS[part]}
                required={part === "organisation" && filled([one]).length > 0} onChange={(event) => change(at, part, event.target.value)} />
            </label>
          ))}
          <button type="button" onClick={() => setDraft(draft.filter((_, other) => other !== at))}>{t("stations.contacts.leaveOut")}</button>
        </fieldset>
      ))}
      <div className="row">
        <button type="submit" className="main" disabled={set.isPending || wanted.length === 0}>{t("stations.contacts.save")}</button>
        {draft.length < MOST && <button type="button" onClick={() => setDraft([...draft, BLANK])}>{t("stations.contacts.add")}</button>}
        {held?.listed === false && (
          <button type="button" disabled={set.isPending} onClick={() => set.mutate([], { onSuccess: () => setDraft([BLANK]) })}>
            {t("stations.contacts.takeBack")}
          </button>
        )}
      </div>
      <p className="faint small">{t("stations.contacts.note")}</p>
      <Said error={set.error} done={done} />
    </form>
  );
}
