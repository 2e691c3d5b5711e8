/** A page that the header leads to; `roles`: only for who has one of them. */
interface NavEntry {
  to: string;
  title: `shell.nav.${"map" | "around" | "series" | "stations" | "satellites" | "studies" | "data" | "admin"}`;
  roles?: readonly string[];
}

/** The pages in the header, in order. */
export const NAV: readonly NavEntry[] = [
  { to: "/", title: "shell.nav.map" },
  { to: "/around", title: "shell.nav.around" },
  { to: "/series", title: "shell.nav.series" },
  { to: "/stations", title: "shell.nav.stations" },
  { to: "/satellites", title: "shell.nav.satellites" },
  { to: "/studies", title: "shell.nav.studies" },
  { to: "/data", title: "shell.nav.data" },
  { to: "/admin", title: "shell.nav.admin", roles: ["member_admin", "project_admin"] },
];
