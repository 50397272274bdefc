/** The horizontal axis of charts over load: the measured concurrency levels, evenly spaced, series side by side. */

import * as Plot from "@observablehq/plot";
import type { CellSummary } from "../core/mod.ts";
import { fontSize, type Panels } from "./panels.ts";

/** The distinct loads, ascending. */
export function levelsOf(loads: readonly number[]): number[] {
  return [...new Set(loads)].sort((a, b) => a - b);
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

/** What the axis shows for these cells. */
export function loadLabel(cells: readonly Pick<CellSummary, "concurrency">[]): string {
  const open = cells.filter(({ concurrency }) => concurrency === null).length;
  if (open === 0) return "Concurrency: requests in flight";
  return open === cells.length ? "Arrivals per second" : "Load: requests in flight, or arrivals per second";
}
