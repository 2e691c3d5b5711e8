/** What pages read of a study's `result.json`; the report has the rest. */

export interface PowerCurve {
  share_of_events: number;
  points: { size_sigma: number; power: number; low?: number; high?: number }[];
  smallest_detectable_sigma?: number | null;
}

export interface Curve {
  lag_day: number[];
  mean: (number | null)[];
  low: (number | null)[];
  high: (number | null)[];
  expected: (number | null)[];
}

interface Test {
  statistic: number | null;
  lag_day?: number;
  p_value: Record<string, number>;
}

export interface VariableResult {
  primary: Test;
  secondary: Test;
  curve: Curve;
}

export interface EpochResult {
  kind: "superposed_epoch";
  study: Declaration;
  simulated: boolean;
  variables: Record<string, VariableResult>;
  power_curves: PowerCurve[];
  activity: { lag_day: number[]; max_kp: (number | null)[] };
  stations: { code: string; latitude: number; longitude: number; n_events: number }[];
  untested: string[];
}

export interface BlocksResult {
  kind: "blocks";
  study: Declaration;
  simulated: boolean;
  blocks: { day: number; start: string; max_kp: number | null; range: Record<string, number | null> }[];
  units: Record<string, string>;
}

export type Result = EpochResult | BlocksResult;

export interface Declaration {
  title: string;
  question: string;
  stage: string;
  limits: string[];
  window: { start: string; stop: string };
  test?: { days: [number, number] };
  earthquakes?: { event_id: string | null };
  quantity?: { variables: string[] };
}

export interface Provenance {
  study: Record<string, unknown>;
  archive?: { identity: string; as_of: string };
  inputs: { granule_id: string; version: number; sha256: string; simulated?: boolean }[];
  methods: { name: string; version: string; title?: string; reference?: string }[];
  software: Record<string, string>;
}

/** The variables that were tested, in the order that the study declares them, the primary one first. */
export function variablesOf(result: EpochResult): [string, VariableResult][] {
  const declared = result.study.quantity?.variables ?? [];
  const place = (name: string) => (declared.includes(name) ? declared.indexOf(name) : declared.length);
  return Object.entries(result.variables).sort(([a], [b]) => place(a) - place(b));
}

/** Kinds of chance by which every tested variable was judged, the worst last. */
export function kindsOfChance(result: EpochResult): string[] {
  const kinds = new Set(Object.values(result.variables).flatMap((one) => Object.keys(one.primary.p_value)));
  kinds.delete("worst");
  return [...kinds, "worst"];
}
