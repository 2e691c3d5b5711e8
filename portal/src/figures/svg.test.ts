import { expect, it } from "vitest";
import type { Panel, Trace } from "./panel";
import { evenly, powers } from "./range";
import { type Figure, figureSvg } from "./svg";
import { lines } from "./svgText";
import type { Line } from "./trace";

const WORDS = { simulated: "SIMULATED", time: "time, UTC" };

function trace(y: (number | null)[], part: Partial<Trace & Line> = {}): Trace {
  const line: Line = { x: y.map((_, at) => at * 10), y, doubtfulX: [], doubtfulY: [], count: 0, doubtful: 0, step: 10, decimated: false, ...part };
  return { label: "KAK <&>", colour: "#0072b2", dash: [], line, simulated: false, ...part };
}

function svg(panel: Partial<Panel>, notes: string[] = []): string {
  const whole: Panel = { title: "H", axis: "H [nT] · linear", traces: [], range: [0, 10], log: false, flagged: true, ...panel };
  const figure: Figure = { panels: [whole], from: 0, to: 100, notes, words: WORDS };
  return figureSvg(figure);
}

it("draws each value at its place, and breaks the line at a gap", () => {
  const found = svg({ traces: [trace([0, 10, null, 5, 5])] });
  expect(found).toContain('d="M84.00 216.00L174.00 26.00M354.00 121.00L444.00 121.00"');
});

it("marks what is flagged, what is absurd at the edge, and what stands alone", () => {
  expect(svg({ traces: [trace([1, null, 1, null], { doubtfulX: [10], doubtfulY: [99] })] })).toContain('stroke="#a3212b"');
  expect(svg({ flagged: false, traces: [trace([1], { doubtfulX: [10], doubtfulY: [5] })] })).not.toContain("#a3212b");
  expect(svg({ traces: [trace([null, 5, null])] }).match(/<circle/g)).toHaveLength(1);
});

it("hatches and names what is simulated, and cites", () => {
  const found = svg({ traces: [trace([1], { simulated: true })] }, ["Kakioka (2016). c@T"]);
  expect(found).toContain('fill="url(#hatch)"');
  expect(found).toContain(">SIMULATED<");
  expect(found).toContain(">Kakioka (2016). c@T<");
  expect(svg({ traces: [trace([1])] })).not.toContain("SIMULATED");
});

it("sets a spectrogram below, over the same time, with what its colours mean", () => {
  const spectrogram = {
    title: "Spectrogram · KAK H", axis: "frequency [Hz] · log", bar: "Power [(nT)²/Hz] · log", image: "data:image/png;base64,AAAA",
    times: [50, 100], frequencies: [1e-4, 1e-2], powers: [-1, 3.4], simulated: true,
  } as const;
  const found = figureSvg({ panels: [], spectrogram, from: 0, to: 100, notes: [], words: WORDS });
  expect(found).toContain('<image href="data:image/png;base64,AAAA" x="534.00" y="26" width="450.00" height="190" preserveAspectRatio="none"');
  for (const said of ["frequency [Hz] · log", "Power [(nT)²/Hz] · log  1.0e−1", "2.5e3", "10⁻⁴", "10⁻³", "10⁻²", "SIMULATED"]) expect(found).toContain(`>${said}<`);
  expect(found).toContain('fill="url(#hatch)"');
  expect(found.match(/<stop /g)).toHaveLength(33);
  expect(figureSvg({ panels: [], spectrogram: { ...spectrogram, simulated: false }, from: 0, to: 100, notes: [], words: WORDS })).not.toContain("SIMULATED");
});

it("escapes what is told", () => {
  expect(svg({ traces: [trace([1])] })).toContain("KAK &lt;&amp;&gt;");
});

it("divides axes evenly and by powers of ten", () => {
  expect(evenly([0, 10])).toEqual([0, 2, 4, 6, 8, 10]);
  expect(evenly([29_990, 30_013])).toEqual([29_990, 29_995, 30_000, 30_005, 30_010]);
  expect(powers([5e9, 2e12])).toEqual([1e10, 1e11, 1e12]);
  expect(powers([2e10, 9e10])).toEqual([2e10, 5e10]);
  expect(powers([1e-6, 1e6])).toEqual([1e-6, 1e-4, 1e-2, 1, 1e2, 1e4, 1e6]);
  expect(powers([8e9, 3e10])).toEqual([1e10, 2e10]);
  expect(powers([2.1e10, 2.9e10])).toEqual([2.2e10, 2.4e10, 2.6e10, 2.8e10]);
});

it("labels every tick, whole powers of ten and others", () => {
  const found = svg({ log: true, range: [8e9, 6e10] });
  for (const said of ["10¹⁰", "2·10¹⁰", "5·10¹⁰"]) expect(found).toContain(`>${said}<`);
});

it("breaks notes that are longer than the page", () => {
  expect(lines(`${"word ".repeat(40)}end`).map((one) => one.length)).toEqual([164, 38]);
  expect(lines(`${"磁场，".repeat(40)}`)).toHaveLength(2);
  expect(lines("short")).toEqual(["short"]);
});
