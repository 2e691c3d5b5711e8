import { useSyncExternalStore } from "react";

export const CHOICES = ["auto", "light", "dark"] as const;
export type Choice = (typeof CHOICES)[number];
export type Theme = "light" | "dark";

const KEPT = "soap.theme";
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

function told(): void {
  for (const listener of listeners) listener();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  dark.addEventListener("change", listener);
  return () => {
    listeners.delete(listener);
    dark.removeEventListener("change", listener);
  };
}

function chosen(): Choice {
  return CHOICES.find((one) => one === localStorage.getItem(KEPT)) ?? "auto";
}

function inForce(): Theme {
  const choice = chosen();
  return choice === "auto" ? (dark.matches ? "dark" : "light") : choice;
}

/** Puts the choice that this machine keeps into force. */
export function startTheme(): void {
  document.documentElement.dataset["theme"] = inForce();
  listen(() => {
    document.documentElement.dataset["theme"] = inForce();
  });
}

/** Chooses the colours, and keeps the choice on this machine. */
export function choose(choice: Choice): void {
  localStorage.setItem(KEPT, choice);
  told();
}

/** The colours in force; what draws on a canvas draws anew when they change. */
export function useTheme(): Theme {
  return useSyncExternalStore(listen, inForce);
}

/** What was chosen: colours, or the system's. */
export function useChoice(): Choice {
  return useSyncExternalStore(listen, chosen);
}

/** The value of a colour's token, `--line` or so, for what draws on a canvas; ask again when the theme changes. */
export function token(name: `--${string}`): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
