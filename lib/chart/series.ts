/** Which colour, symbol and line an experiment has: told apart by each of them alone. */

import type { SymbolType } from "@observablehq/plot";

/** How the marks of one series look. */
export interface Look {
  readonly name: string;
  readonly colour: string;
  readonly symbol: SymbolType;
  /** `stroke-dasharray`; `none` for a solid line. */
  readonly dash: string;
}

/** Distinct for the colour-blind too, at least 3:1 against light paper and, brightened, against dark. */
const colours = ["#0072b2", "#d55e00", "#00875f", "#c45ad0", "#774411", "#6b7480", "#5a1fd1"];
const symbols: SymbolType[] = ["circle", "square", "triangle", "diamond", "star", "cross", "wye"];
const dashes = ["none", "7 3", "2 3", "9 3 2 3", "4 2"];

/** For ordered things: hues in the order of the spectrum, visible on light and dark paper. */
const spectrum = ["#c98a00", "#7a9a2e", "#2f9a7d", "#2b7fb8", "#6a63c4", "#a03c9f"];

/** Names in a person's order: `c2` before `c10`. */
export function byName(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

/** The distinct values of a field, sorted by name. */
export function distinct<T>(rows: readonly T[], field: (row: T) => string): string[] {
  return [...new Set(rows.map(field))].sort(byName);
}

/** One look for each name, in the given order. */
export function looks(names: readonly string[]): Look[] {
  return names.map((name, i) => ({
    name,
    colour: colours[i % colours.length]!,
    symbol: symbols[(i + Math.floor(i / colours.length)) % symbols.length]!,
    dash: dashes[i % dashes.length]!,
  }));
}

/** One look for each step of something ordered, such as a load. */
export function stepLooks(names: readonly string[]): Look[] {
  const pitch = (spectrum.length - 1) / Math.max(1, names.length - 1);
  return looks(names).map((look, i) => ({ ...look, colour: spectrum[Math.round(i * pitch)]! }));
}

/** The looks of the experiments in the rows; `order` fixes who comes first. */
export function experimentLooks(
  rows: readonly { readonly experiment_name: string }[],
  order: readonly string[] | undefined,
): Look[] {
  const present = distinct(rows, (row) => row.experiment_name);
  const known = order ?? present;
  return looks([...known, ...present.filter((name) => !known.includes(name))])
    .filter((look) => present.includes(look.name));
}
