/** An amount of data with three figures that matter, in binary units. */
export function octets(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** step;
  return `${step === 0 ? value : value >= 100 ? Math.round(value) : value.toPrecision(3)} ${units[step]}`;
}
