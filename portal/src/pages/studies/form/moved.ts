/** A list with one of its items at another place. */
export function moved<T>(all: readonly T[], from: number, to: number): T[] {
  const one = all.slice(from, from + 1);
  return all.toSpliced(from, 1).toSpliced(to, 0, ...one);
}
