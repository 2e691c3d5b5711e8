import type { TFunction } from "i18next";

const KNOWN = ["guest", "owner", "user", "station", "member_admin", "project_admin"] as const;

/** A role in the language of who reads; one that has no word here as the server names it. */
export function roleName(role: string, t: TFunction): string {
  const known = KNOWN.find((one) => one === role);
  return known === undefined ? role : t(`shell.roles.${known}`);
}
