import type { Schemas } from "../../api/client";

export type StationContact = Schemas["StationContact"];
export type Contact = Required<Schemas["Contact"]>;
export type ContactPart = keyof Contact;

/** Most characters of each part of a contact, as the API takes them, in the order of the form. */
export const PARTS = { organisation: 200, role: 80, name: 120, email: 254, web: 500 } as const;
export const MOST = 20;
export const BLANK: Contact = { organisation: "", role: "", name: "", email: "", web: "" };

/** Contacts of one provider, from its list or as they were set. */
export interface Named {
  provider: string;
  listed: boolean;
  contacts: readonly Contact[];
}

/** A station's contacts by provider, in the order in which they are told. */
export function byProvider(told: readonly StationContact[]): Named[] {
  const found = new Map<string, { provider: string; listed: boolean; contacts: Contact[] }>();
  for (const { provider, listed, ...contact } of told) {
    const named = found.get(provider) ?? { provider, listed, contacts: [] };
    named.contacts.push({ ...BLANK, ...contact });
    found.set(provider, named);
  }
  return [...found.values()];
}

/** What a form holds that says something, each part without blanks at its ends. */
export function filled(contacts: readonly Contact[]): Contact[] {
  const trimmed = contacts.map((one) => ({
    organisation: one.organisation.trim(), role: one.role.trim(), name: one.name.trim(), email: one.email.trim(), web: one.web.trim(),
  }));
  return trimmed.filter((one) => Object.values(one).some((text) => text !== ""));
}

/** The organisations that a station's files name, each once: known where nobody is named as a contact. */
export function institutionsOf(series: readonly Schemas["StationSeries"][]): string[] {
  return [...new Set(series.map((one) => one.told["institution"] ?? "").filter((text) => text !== ""))];
}
