import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { isSomebody, useSession } from "../../api/session";
import { ContactsForm } from "./ContactsForm";
import { byProvider, type Contact, institutionsOf, type Named } from "./contacts";
import { useProviderName } from "./memberNames";

type Station = Schemas["StationAlone"];

/** Whom to ask about a station, as each provider names them, and the form of who may set them. */
export function Contacts({ station, series }: { station: Station; series: readonly Schemas["StationSeries"][] }) {
  const { t } = useTranslation();
  const { data: who } = useSession();
  const [editing, setEditing] = useState(false);
  const named = byProvider(station.contacts);
  const mine = station.may_set_contacts;
  return (
    <section className="stack" aria-label={t("stations.contacts.title")}>
      <header className="row">
        <h2>{t("stations.contacts.title")}</h2>
        {mine.length > 0 && (
          <button type="button" aria-expanded={editing} onClick={() => setEditing(!editing)}>
            {t(editing ? "stations.contacts.close" : "stations.contacts.edit")}
          </button>
        )}
      </header>
      {named.length === 0 && <Nobody institutions={institutionsOf(series)} />}
      {named.map((one) => <OfProvider key={one.provider} named={one} />)}
      {named.length > 0 && who !== undefined && !isSomebody(who) && <p className="faint small">{t("stations.contacts.persons")}</p>}
      {editing && mine.map((provider) => (
        <ContactsForm key={provider} station={station} provider={provider} held={named.find((one) => one.provider === provider)} />
      ))}
    </section>
  );
}

function Nobody({ institutions }: { institutions: readonly string[] }) {
  const { t } = useTranslation();
  const known = institutions.length === 0 ? "" : ` ${t("stations.contacts.files", { names: institutions.join(", ") })}`;
  return <p className="faint">{t("stations.contacts.nobody")}{known}</p>;
}

function OfProvider({ named }: { named: Named }) {
  const { t } = useTranslation();
  const providerName = useProviderName();
  const from = t(named.listed ? "stations.contacts.listed" : "stations.contacts.set", { provider: providerName(named.provider) });
  return (
    <div className="contacts">
      <p className="faint small">{from}</p>
      <ul>{named.contacts.map((one) => <li key={Object.values(one).join("\n")}><Card contact={one} /></li>)}</ul>
    </div>
  );
}

function Card({ contact }: { contact: Contact }) {
  const person = [contact.name, contact.role].filter((text) => text !== "");
  return (
    <>
      <strong>{contact.organisation}</strong>
      {person.length > 0 && <span>{person.join(", ")}</span>}
      {contact.email !== "" && <a href={`mailto:${contact.email}`}>{contact.email}</a>}
      {contact.web !== "" && <a href={contact.web} rel="noreferrer">{shown(contact.web)}</a>}
    </>
  );
}

/** A page's address without what goes without saying. */
function shown(web: string): string {
  return web.replace(/^https?:\/\//, "").replace(/\/$/, "");
}
