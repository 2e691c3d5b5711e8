/** A map on a grid, painted: values between the points of the grid are straight between them, both ways. */
export interface Grid {
  latitudes: readonly number[];
  longitudes: readonly number[];
  /** By latitude and longitude; null where there is none. */
  values: readonly (readonly (number | null)[])[];
}

/** Pixels of the whole Earth, RGBA, rows from north to south; clear where the grid has no value. */
export function painted(grid: Grid, low: number, high: number, table: Uint8ClampedArray, width = 360): Uint8ClampedArray {
  const height = width / 2;
  const out = new Uint8ClampedArray(width * height * 4);
  const columns = Array.from({ length: width }, (_, x) => place(grid.longitudes, -180 + ((x + 0.5) * 360) / width, 360));
  for (let y = 0; y < height; y += 1) {
    const row = place(grid.latitudes, 90 - ((y + 0.5) * 180) / height);
    if (row === undefined) continue;
    columns.forEach((column, x) => {
      const value = column === undefined ? undefined : valueAt(grid, row, column);
      if (value === undefined) return;
      const shade = Math.round(255 * Math.min(1, Math.max(0, (value - low) / (high - low))));
      out.set(table.subarray(4 * shade, 4 * shade + 4), 4 * (y * width + x));
    });
  }
  return out;
}

/** The value at a place, if the grid has one there. */
export function valueOf(grid: Grid, longitude: number, latitude: number): number | undefined {
  const [row, column] = [place(grid.latitudes, latitude), place(grid.longitudes, longitude, 360)];
  return row === undefined || column === undefined ? undefined : valueAt(grid, row, column);
}

/** Round limits of the values, from zero where none is below it. */
export function limits(maps: readonly Grid["values"][]): [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const row of maps.flat())
    for (const value of row)
      if (value !== null) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (low > high) return [0, 1];
  const step = 10 ** Math.floor(Math.log10(Math.max(high - Math.min(low, 0), 1e-30)));
  const top = Math.ceil(high / (step / 2)) * (step / 2);
  return [low >= 0 ? 0 : Math.floor(low / (step / 2)) * (step / 2), top];
}

/** Where a coordinate is in a rising axis: the index below it and the share to the next; round the Earth with `turn`. */
type Between = readonly [below: number, above: number, share: number];

function place(axis: readonly number[], at: number, turn?: number): Between | undefined {
  const [first, last] = [axis[0], axis.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const wanted = turn !== undefined && at < first ? at + turn : at;
  if (wanted > last) return turn !== undefined && isWhole(axis, turn) ? [axis.length - 1, 0, (wanted - last) / (first + turn - last)] : undefined;
  if (wanted < first) return undefined;
  let [low, high] = [0, axis.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((axis[middle] as number) <= wanted) low = middle;
    else high = middle;
  }
  const width = (axis[high] as number) - (axis[low] as number);
  return [low, high, width === 0 ? 0 : (wanted - (axis[low] as number)) / width];
}

/** True where an axis goes round the Earth but for one step. */
function isWhole(axis: readonly number[], turn: number): boolean {
  const [first, last] = [axis[0] as number, axis.at(-1) as number];
  return axis.length > 2 && first + turn - last <= 1.5 * ((last - first) / (axis.length - 1));
}

function valueAt({ values }: Grid, [south, north, up]: Between, [west, east, right]: Between): number | undefined {
  const corner = (row: number, column: number) => values[row]?.[column] ?? undefined;
  const corners = [corner(south, west), corner(south, east), corner(north, west), corner(north, east)] as const;
  const weights = [(1 - up) * (1 - right), (1 - up) * right, up * (1 - right), up * right] as const;
  let sum = 0;
  for (const [at, weight] of weights.entries()) {
    const value = corners[at];
    if (weight === 0) continue;
    if (value === undefined) return undefined;
    sum += weight * value;
  }
  return sum;
}
