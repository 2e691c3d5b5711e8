import { useCallback, useMemo } from "react";
import { useLocation, useSearch } from "wouter";
import type { Codec } from "./codecs";

export { choice, flag, instant, list, number, text } from "./codecs";

type Of<S> = { [K in keyof S]: S[K] extends Codec<infer T> ? T : never };
type AnySchema = Record<string, { fallback: unknown; read(said: string): unknown; write(value: never): string }>;

/** The view that a query string tells; what it does not tell, or tells wrongly, is as the schema has it. */
export function readAddress<S extends AnySchema>(schema: S, search: string): Of<S> {
  const said = new URLSearchParams(search);
  const parts = Object.entries(schema).map(([name, codec]) => {
    const raw = said.get(name);
    const value = raw === null ? undefined : codec.read(raw);
    return [name, value === undefined ? codec.fallback : value];
  });
  return Object.fromEntries(parts) as Of<S>;
}

/** The query string of a view, shortest form; other parameters of `search` stay. */
export function writeAddress<S extends AnySchema>(schema: S, view: Of<S>, search = ""): string {
  const out = new URLSearchParams(search);
  for (const [name, codec] of Object.entries(schema)) {
    const value = view[name as keyof S];
    const said = value === undefined ? undefined : codec.write(value as never);
    const usual = codec.fallback === undefined ? undefined : codec.write(codec.fallback as never);
    if (said === undefined || said === usual) out.delete(name);
    else out.set(name, said);
  }
  return out.toString();
}

/**
 * The whole view as the URL has it, and how to change a part of it. Declare `schema` outside the component.
 *
 * A change makes a new entry of the browser's history unless `replace` is true, as for what changes continuously.
 */
export function useAddress<S extends AnySchema>(
  schema: S,
): [Of<S>, (part: Partial<Of<S>>, options?: { replace?: boolean }) => void] {
  const search = useSearch();
  const [path, go] = useLocation();
  const view = useMemo(() => readAddress(schema, search), [schema, search]);
  const change = useCallback(
    (part: Partial<Of<S>>, options?: { replace?: boolean }) => {
      const now = window.location.search;
      const query = writeAddress(schema, { ...readAddress(schema, now), ...part }, now);
      go(query === "" ? path : `${path}?${query}`, { replace: options?.replace ?? false });
    },
    [schema, path, go],
  );
  return [view, change];
}
