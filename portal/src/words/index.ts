import i18next from "i18next";
import { initReactI18next } from "react-i18next";

export const LANGUAGES = ["en", "zh"] as const;
export type Language = (typeof LANGUAGES)[number];

const KEPT = "soap.language";

const LOADERS = { en: () => import("./en"), zh: () => import("./zh") };

/** Where among the words those are that the server says itself: in English it says them as they are. */
export const SERVER = "server";

/** The language that was chosen on this machine, else the first of the browser's that there is, else English. */
export function preferredLanguage(kept: string | null, wanted: readonly string[]): Language {
  const chosen = LANGUAGES.find((one) => one === kept);
  const ours = wanted.map((one) => LANGUAGES.find((ours) => one.toLowerCase().split("-")[0] === ours));
  return chosen ?? ours.find((one) => one !== undefined) ?? "en";
}

/** Makes the words ready in the language of who reads. */
export async function startWords(): Promise<void> {
  await i18next.use(initReactI18next).init({
    resources: {},
    fallbackLng: false,
    interpolation: { escapeValue: false },
    returnEmptyString: false,
  });
  await speak(preferredLanguage(localStorage.getItem(KEPT), navigator.languages), false);
}

/** Changes the language, and keeps the choice on this machine. */
export async function speak(language: Language, keep = true): Promise<void> {
  if (!i18next.hasResourceBundle(language, "translation")) {
    const words = await LOADERS[language]();
    i18next.addResourceBundle(language, "translation", words.default);
    if ("server" in words) i18next.addResourceBundle(language, SERVER, words.server);
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
  if (keep) localStorage.setItem(KEPT, language);
}

/** The language that is spoken now. */
export function languageNow(): Language {
  return i18next.language === "zh" ? "zh" : "en";
}
