/** Time to first token, and the pauses between tokens. */

import * as Plot from "@observablehq/plot";
import { type CellSummary, escapeMarkdown, isUnstreamed, loadOf, type Percentiles } from "../core/mod.ts";
import { axisFor, latencyUnit } from "./axis.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { type Block, draw } from "./drawing.ts";
import { aside, levelsOf, loadAxis, loadLabel, loadScale, symbolRadius } from "./load_axis.ts";
import { layPanels, panelFrames, panelOf, verticalAxis } from "./panels.ts";
import { distinct, experimentLooks, type Look } from "./series.ts";
import { aboutCell, shortFile, showEstimate, showMs } from "./wording.ts";

/**
 * TTFT above, inter-token latency below, each as a range from p50 to p99 over concurrency; a panel a payload file. null when
 * nothing was streamed.
 */
export function tokenLatency(
  cells: readonly CellSummary[],
  { experiments }: ChartOptions = {},
): Chart | null {
  const key = experimentLooks(cells, experiments);
  const blocks = [
    rangeBlock(cells, key, (cell) => cell.ttft_ms, "Time to first token, TTFT"),
    rangeBlock(cells, key, (cell) => cell.itl_ms, "Gap between chunks of the answer, ITL"),
  ].filter((block) => block !== null);
  if (blocks.length === 0) return null;
  const title = "How long until the answer begins, and how evenly does it flow?";
  return {
    name: "token_latency",
    title,
    caption:
      "Symbols: p50; thick line: up to p95; thin line: up to p99. A short line means that nearly all requests feel " +
      "the same. Percentiles with too few samples are left out, so a line can end earlier." +
      absentees(cells),
    svg: draw({ name: "token_latency", title, key, keyTitle: "Experiment", blocks }),
  };
}

/** Who is not in it for want of anything to show. */
function absentees(cells: readonly CellSummary[]): string {
  const names = distinct(cells.filter(isUnstreamed), (cell) => cell.experiment_name);
  return names.length === 0 ? "" : ` Not streamed, so not here: ${names.map(escapeMarkdown).join(", ")}.`;
}

function rangeBlock(
  cells: readonly CellSummary[],
  key: readonly Look[],
  figure: (cell: CellSummary) => Percentiles | null,
  label: string,
): Block | null {
  const known = cells.filter((cell) => (figure(cell)?.p50.value ?? null) !== null);
  if (known.length === 0) return null;
  const values = known.map(figure).flatMap((p) => [p!.p50.value, p!.p95.value, p!.p99.value])
    .filter((value) => value !== null);
  const unit = latencyUnit(values);
  const axis = axisFor(values.map((value) => value / unit.ms), { ticks: 4 });
  const panels = layPanels(distinct(known, (cell) => shortFile(cell.payload_file)), { panelHeight: 170 });
  const levels = levelsOf(known.map(loadOf));
  const series = key.flatMap(({ name, colour, symbol }, i): Plot.Markish[] => {
    const rows = known.filter((cell) => cell.experiment_name === name).map((cell) => {
      const { p50, p95, p99 } = figure(cell)!;
      const middle = p50.value! / unit.ms;
      const thick = p95.value === null ? middle : p95.value / unit.ms;
      return {
        ...panelOf(panels, shortFile(cell.payload_file)),
        x: loadOf(cell),
        p50: middle,
        p95: thick,
        p99: p99.value === null ? thick : p99.value / unit.ms,
        about: aboutCell(
          cell,
          ...([["p50", p50], ["p95", p95], ["p99", p99]] as const)
            .map(([percentile, estimate]) => `${percentile} ${showEstimate(estimate, showMs)}`),
        ),
      };
    });
    const place = { fx: "fx", fy: "fy", x: "x", dx: aside(panels, levels, i, key.length) };
    return [
      Plot.ruleX(rows, { ...place, y1: "p50", y2: "p99", stroke: colour, strokeWidth: 1.2 }),
      Plot.ruleX(rows, {
        ...place,
        y1: "p50",
        y2: "p95",
        stroke: colour,
        strokeWidth: 3.5,
        strokeOpacity: 0.6,
      }),
      Plot.dot(rows, {
        ...place,
        y: "p50",
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
    yLabel: `${label} (${unit.name})`,
  };
}
