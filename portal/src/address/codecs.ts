/** How a part of a view stands in the URL's query: read from its text (undefined: absent or nonsense), and written. */
export interface Codec<T> {
  readonly fallback: T;
  read(text: string): T | undefined;
  write(value: T): string;
}

/** Text; absent where it is the fallback. */
export function text(fallback = ""): Codec<string> {
  return { fallback, read: (said) => said, write: (value) => value };
}

/** A number, in [least, most]. */
export function number<F extends number | undefined>(
  fallback: F,
  least = -Infinity,
  most = Infinity,
): Codec<number | F> {
  return {
    fallback,
    read: (said) => {
      const value = said === "" ? Number.NaN : Number(said);
      return value >= least && value <= most ? value : undefined;
    },
    write: (value) => String(value),
  };
}

/** One of a few words. */
export function choice<const W extends string>(words: readonly W[], fallback: NoInfer<W>): Codec<W> {
  return { fallback, read: (said) => words.find((one) => one === said), write: (value) => value };
}

/** On or off. */
export function flag(fallback = false): Codec<boolean> {
  return {
    fallback,
    read: (said) => (said === "1" ? true : said === "0" ? false : undefined),
    write: (value) => (value ? "1" : "0"),
  };
}

/** Texts between commas; a comma in one of them is written %2C. */
export function list(fallback: readonly string[] = []): Codec<readonly string[]> {
  return {
    fallback,
    read: (said) => (said === "" ? [] : said.split(",").map((one) => one.replaceAll("%2C", ","))),
    write: (value) => value.map((one) => one.replaceAll(",", "%2C")).join(","),
  };
}

/** An instant (UTC) as ISO 8601; kept as that text, "" where there is none. */
export function instant(fallback = ""): Codec<string> {
  return {
    fallback,
    read: (said) => (Number.isNaN(Date.parse(said)) ? undefined : said),
    write: (value) => value,
  };
}
