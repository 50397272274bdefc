/** Throughput against load. */

import * as Plot from "@observablehq/plot";
import { type CellSummary, loadOf, showNumber } from "../core/mod.ts";
import { axisFor } from "./axis.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { type Block, draw } from "./drawing.ts";
import { aside, levelsOf, loadAxis, loadLabel, loadScale, symbolRadius } from "./load_axis.ts";
import { layPanels, panelFrames, panelOf, verticalAxis } from "./panels.ts";
import { distinct, experimentLooks, type Look } from "./series.ts";
import { aboutCell, shortFile } from "./wording.ts";

/**
 * Transactions per minute above, output tokens per second below, over concurrency; a panel a payload file, a line an
 * experiment. null when no cell has a throughput.
 */
export function throughputAgainstConcurrency(
  cells: readonly CellSummary[],
  { experiments }: ChartOptions = {},
): Chart | null {
  const key = experimentLooks(cells, experiments);
  const blocks = [
    lineBlock(
      cells,
      key,
      (cell) => cell.transactions_per_minute,
      "Transactions per minute",
      "transactions per minute",
    ),
    lineBlock(
      cells,
      key,
      (cell) => cell.completion_tokens_per_s,
      "Output tokens per second, all requests together",
      "tokens per second",
    ),
  ].filter((block) => block !== null);
  if (blocks.length === 0) return null;
  const title = "How much work gets done as load grows?";
  return {
    name: "throughput_against_concurrency",
    title,
    caption:
      "Successful requests only. Where a line flattens, more requests in flight only wait longer: the option is full. " +
      "The load levels stand at equal distances as measured; experiments stand side by side.",
    svg: draw({
      name: "throughput_against_concurrency",
      title,
      key,
      keyTitle: "Experiment",
      keyLines: true,
      blocks,
    }),
  };
}

function lineBlock(
  cells: readonly CellSummary[],
  key: readonly Look[],
  figure: (cell: CellSummary) => number | null,
  yLabel: string,
  unit: string,
): Block | null {
  const known = cells.filter((cell) => figure(cell) !== null);
  if (known.length === 0) return null;
  const axis = axisFor(known.map((cell) => figure(cell)!), { ticks: 4 });
  const panels = layPanels(distinct(known, (cell) => shortFile(cell.payload_file)), { panelHeight: 170 });
  const levels = levelsOf(known.map(loadOf));
  const series = key.flatMap(({ name, colour, symbol, dash }, i): Plot.Markish[] => {
    const rows = known.filter((cell) => cell.experiment_name === name).map((cell) => ({
      ...panelOf(panels, shortFile(cell.payload_file)),
      x: loadOf(cell),
      y: figure(cell),
      about: aboutCell(cell, `${showNumber(figure(cell))} ${unit}`, `n = ${showNumber(cell.ok, 9)}`),
    })).sort((a, b) => a.x - b.x);
    const place = { fx: "fx", fy: "fy", x: "x", y: "y", dx: aside(panels, levels, i, key.length) };
    return [
      Plot.line(rows, { ...place, stroke: colour, strokeWidth: 1.6, strokeDasharray: dash }),
      Plot.dot(rows, {
        ...place,
        symbol,
        r: symbolRadius(panels, levels, key.length),
        fill: colour,
        title: "about",
      }),
    ];
  });
  return {
    panels,
    options: { ...loadScale(levels), y: { type: axis.type, domain: [...axis.domain] } },
    marks: [...panelFrames(panels), ...verticalAxis(axis), loadAxis(levels), ...series],
    xLabel: loadLabel(known),
    yLabel,
  };
}
