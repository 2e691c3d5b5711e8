/** Decimated values as `/api/v1/series?points=` gives them, and what a drawing takes of them. */

export interface Table {
  collection_id: string;
  version: string;
  columns: { name: string; units?: string }[];
  rows: (string | number | null)[][];
}

export interface Buckets {
  version: string;
  units: string;
  /** Start of each bucket [ms]. */
  time: number[];
  least: (number | null)[];
  greatest: (number | null)[];
  /** Extremes of values with a flag against them. */
  doubtfulLeast: (number | null)[];
  doubtfulGreatest: (number | null)[];
}

/** The buckets of one variable. */
export function bucketsOf(table: Table, variable: string): Buckets {
  const at = (name: string) => table.columns.findIndex((one) => one.name === name);
  const numbers = (name: string) => {
    const place = at(`${variable}_${name}`);
    return table.rows.map((row) => {
      const value = place < 0 ? null : row[place];
      return typeof value === "number" ? value : null;
    });
  };
  const when = at("time");
  return {
    version: table.version,
    units: table.columns[at(`${variable}_min`)]?.units ?? "",
    time: table.rows.map((row) => Date.parse(String(row[when]))),
    least: numbers("min"),
    greatest: numbers("max"),
    doubtfulLeast: numbers("doubtful_min"),
    doubtfulGreatest: numbers("doubtful_max"),
  };
}
