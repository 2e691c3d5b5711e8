/** What the server says, in the language of who reads: by the identifier that the API gives, else in its own English. */

import i18next from "i18next";
import { useTranslation } from "react-i18next";
import { Problem } from "../api/problem";
import { languageNow, SERVER } from "./index";

/** A text, and its language where that is not the page's. */
export interface Words {
  text: string;
  lang: "en" | undefined;
}

export type Values = Readonly<Record<string, string | number | null | undefined>>;

/** The words at a place, as `methods.daily_range_chapman_1940.title`, with `values` in them; else the server's own. */
export function told(place: string, english: string, values: Values = {}): Words {
  const words: unknown = i18next.getResource(i18next.language, SERVER, place);
  if (typeof words === "string") return { text: filled(words, values), lang: undefined };
  return { text: english, lang: languageNow() === "en" ? undefined : "en" };
}

/** What went wrong: its kind in words where the server's own are of another language. */
export function problem(error: Error): Words {
  return told(`problems.${error instanceof Problem ? error.status : "none"}`, error.message);
}

/** A sentence that the server keeps as text; what is none of those it writes itself stays as somebody gave it. */
export function sentence(text: string): string {
  const bundle = i18next.getResourceBundle(i18next.language, SERVER) as { templates?: Record<string, string> } | undefined;
  for (const [name, template] of byLength(bundle?.templates ?? {})) {
    const found = patternOf(template).exec(text);
    if (found === null) continue;
    const values = Object.entries(found.groups ?? {}).map(([key, value]) => [key, key === "title" ? sentence(value) : value]);
    return told(`sentences.${name}`, text, Object.fromEntries(values) as Values).text;
  }
  return text;
}

/** The language of a text that somebody may change: English where each of its lines is a sentence of the server. */
export function languageOf(text: string): "en" | undefined {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.length > 0 && lines.every((line) => sentence(line) !== line) ? "en" : undefined;
}

/** `told`, in a component that is drawn anew when the language changes. */
export function useTold(): typeof told {
  useTranslation();
  return told;
}

/** A variable's key: those of observation codes have one meaning a kind. */
export function variableKey(name: string): string {
  return `variables.${/^[clds]\d[a-z]$/.test(name) ? `${name.charAt(0)}_code` : name}`;
}

function filled(words: string, values: Values): string {
  return words.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The longest first, so that what says more is known before what says less. */
function byLength(templates: Record<string, string>): [string, string][] {
  const fixed = (template: string) => template.replace(/\{\w+\}/g, "").length;
  return Object.entries(templates).sort(([, a], [, b]) => fixed(b) - fixed(a));
}

/** What stands in templates under some names; under others anything may. */
const LOOKS: Record<string, string> = { day: "\\d{4}-\\d{2}-\\d{2}", more: "\\d+" };

/** What a template looks like when it is filled. */
export function patternOf(template: string): RegExp {
  const parts = template
    .split(/\{(\w+)\}/g)
    .map((part, at) => (at % 2 === 1 ? `(?<${part}>${LOOKS[part] ?? ".+?"})` : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")));
  return new RegExp(`^${parts.join("")}$`, "su");
}
