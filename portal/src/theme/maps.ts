/** Colour maps as anchors at equal steps, between which one interpolates in sRGB. */

/** A colour map: colours from its low end to its high end, at equal steps. */
export type ColourMap = readonly string[];

/** Perceptually uniform (S. van der Walt and N. Smith, 2015, CC0). */
export const viridis: ColourMap = [
  "#440154", "#470d60", "#48186a", "#482374", "#472d7b", "#453781", "#424086", "#3e4989", "#3b528b", "#375b8d", "#33638d",
  "#2f6b8e", "#2c728e", "#297a8e", "#26828e", "#23898e", "#21918c", "#1f988b", "#1fa088", "#22a785", "#28ae80", "#32b67a",
  "#3fbc73", "#4ec36b", "#5ec962", "#70cf57", "#84d44b", "#98d83e", "#addc30", "#c2df23", "#d8e219", "#ece51b", "#fde725",
];

/** Perceptually uniform, the same to who sees no red or green (Nuñez et al., 2018, doi 10.1371/journal.pone.0199239). */
export const cividis: ColourMap = [
  "#00224e", "#00285b", "#002e6a", "#053371", "#1a386f", "#273e6e", "#32436d", "#3b496c", "#434e6c", "#4b546c", "#535a6d",
  "#5a5f6e", "#61656f", "#686a71", "#6f7073", "#767676", "#7d7c78", "#848279", "#8c8878", "#938e78", "#9b9476", "#a39a74",
  "#aba072", "#b4a76f", "#bcae6c", "#c4b468", "#cdbb63", "#d5c25e", "#dec958", "#e7d150", "#f0d846", "#f9e03a", "#fee838",
];

/** For what has a zero: centre it there (K. Moreland, 2009, doi 10.1007/978-3-642-10520-3_9). */
export const diverging: ColourMap = [
  "#3b4cc0", "#445acc", "#4e68d8", "#5875e1", "#6282ea", "#6c8ff1", "#779af7", "#82a6fb", "#8db0fe", "#98b9ff", "#a3c2fe",
  "#aec9fc", "#b9d0f9", "#c3d5f4", "#ccd9ed", "#d5dbe5", "#dddcdc", "#e5d8d1", "#ecd3c5", "#f1ccb8", "#f5c4ac", "#f7ba9f",
  "#f7b093", "#f6a586", "#f4987a", "#f08b6e", "#eb7d62", "#e46e56", "#dd5f4b", "#d44e41", "#ca3b37", "#be242e", "#b40426",
];

/** The colour of a share of the map, 0 … 1 (beyond: its ends), as [red, green, blue] of 0 … 255. */
export function colourAt(map: ColourMap, share: number): [number, number, number] {
  const at = Math.min(1, Math.max(0, share)) * (map.length - 1);
  const low = Math.min(map.length - 2, Math.floor(at));
  const [from, to] = [rgb(map[low] ?? "#000000"), rgb(map[low + 1] ?? "#000000")];
  const mix = (part: 0 | 1 | 2) => Math.round(from[part] + (to[part] - from[part]) * (at - low));
  return [mix(0), mix(1), mix(2)];
}

/** A table of 256 colours, RGBA, for images that are painted pixel by pixel. */
export function colourTable(map: ColourMap): Uint8ClampedArray {
  const table = new Uint8ClampedArray(256 * 4);
  for (let step = 0; step < 256; step += 1) table.set([...colourAt(map, step / 255), 255], step * 4);
  return table;
}

/** A colour `#rrggbb` as numbers. */
export function rgb(hex: string): [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
