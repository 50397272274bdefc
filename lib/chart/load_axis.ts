/** The horizontal axis of charts over load: the measured concurrency levels, evenly spaced, series side by side. */

import * as Plot from "@observablehq/plot";
import { fontSize, type Panels } from "./panels.ts";

/** The distinct concurrency levels, ascending. */
export function levelsOf(rows: readonly { readonly concurrency: number }[]): number[] {
  return [...new Set(rows.map((row) => row.concurrency))].sort((a, b) => a - b);
}

/** Plot's scale for the levels: every level has a tick, whatever the gaps between them. */
export function loadScale(levels: readonly number[]): Plot.PlotOptions {
  return { x: { type: "point", domain: [...levels], padding: 0.5 } };
}

/** Ticks of the levels below every panel. */
export function loadAxis(levels: readonly number[]): Plot.Markish {
  return Plot.axisX([...levels], {
    label: null,
    tickSize: 4,
    tickFormat: (level: number) => String(level),
    fontSize: fontSize - 1,
    facetAnchor: null,
  });
}

/** How far series `index` of `count` is moved aside, in pixels, so that no mark hides another. */
export function aside(panels: Panels, levels: readonly number[], index: number, count: number): number {
  return (index - (count - 1) / 2) * pitchOf(panels, levels, count);
}

function pitchOf(panels: Panels, levels: readonly number[], count: number): number {
  return Math.min(14, panels.panelWidth / levels.length * 0.78 / count);
}

/** Radius of the symbols: smaller where many stand side by side. */
export function symbolRadius(panels: Panels, levels: readonly number[], count: number): number {
  return Math.min(4.5, Math.max(3, pitchOf(panels, levels, count) * 0.5));
}

/** Pixels from the panel's left edge to the mark of series `index` of `count` at a level. */
export function loadPixel(
  panels: Panels,
  levels: readonly number[],
  level: number,
  index: number,
  count: number,
): number {
  return panels.panelWidth / levels.length * (levels.indexOf(level) + 0.5) +
    aside(panels, levels, index, count);
}

export const loadLabel = "Concurrency: requests in flight";
