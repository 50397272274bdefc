/** Throughput against latency: where an option is full. */

import * as Plot from "@observablehq/plot";
import { type Budgets, type CellSummary, loadOf, showLoad, showNumber } from "../core/mod.ts";
import { type Axis, axisFor, latencyUnit } from "./axis.ts";
import { budgetLines, budgetRemark } from "./budget_line.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { draw } from "./drawing.ts";
import { type CellPoint, curve, curveObstacles, loadNumbers, pixelOf, rings } from "./load_numbers.ts";
import { horizontalAxis, layPanels, panelFrames, panelOf, panelRemarks, verticalAxis } from "./panels.ts";
import { distinct, experimentLooks } from "./series.ts";
import { aboutCell, judgedLatency, latencyName, shortFile, showEstimate, showMs } from "./wording.ts";

export interface ThroughputLatencyOptions extends ChartOptions {
  readonly budgets: Pick<Budgets, "latency_budget" | "latency_statistic">;
}

/**
 * Transactions per minute over the latency that the budget judges: a curve an experiment, a point a load, a panel a payload
 * file; the most that was done within the budgets for latency and errors is ringed. null when no cell has both figures.
 */
export function throughputAgainstLatency(
  cells: readonly CellSummary[],
  { budgets, experiments }: ThroughputLatencyOptions,
): Chart | null {
  const known = cells.filter((cell) =>
    cell.latency_ms.value !== null && cell.transactions_per_minute !== null
  );
  if (known.length === 0) return null;
  const title = "How much work gets done before answers become slow?";
  const latencies = known.map((cell) => cell.latency_ms.value!);
  const unit = latencyUnit(latencies);
  const latency = judgedLatency(budgets.latency_statistic, latencyName(known));
  const budget = budgets.latency_budget * 1000 / unit.ms;
  const budgetText = `${showNumber(budgets.latency_budget)} s budget`;
  const xAxis = axisFor(latencies.map((value) => value / unit.ms), { budget, ticks: 6 });
  const yAxis = axisFor(known.map((cell) => cell.transactions_per_minute!));
  const files = distinct(known, (cell) => shortFile(cell.payload_file));
  const panels = layPanels(files, { panelHeight: 250, headingLines: 2 });
  const key = experimentLooks(known, experiments);
  const best = files.map((file) => mostInTime(known.filter((cell) => shortFile(cell.payload_file) === file)));
  const points = known.map((cell): CellPoint => ({
    ...panelOf(panels, shortFile(cell.payload_file)),
    x: cell.latency_ms.value! / unit.ms,
    y: cell.transactions_per_minute!,
    cell,
    best: best.includes(cell),
    about: aboutCell(
      cell,
      `${showNumber(cell.transactions_per_minute)} transactions per minute`,
      `${latency}: ${showEstimate(cell.latency_ms, showMs)}`,
    ),
  })).sort((a, b) => loadOf(a.cell) - loadOf(b.cell));
  const pixel = (point: CellPoint) => pixelOf(point, xAxis, yAxis, panels);
  const obstacles = curveObstacles(points, panels, key, pixel);
  const limits = budgetLines(panels, { x: { axis: xAxis, label: budgetText } }, obstacles);
  return {
    name: "throughput_against_latency",
    title,
    caption:
      "Each curve is one experiment, each symbol one load (the small number): further up is more work, further left is faster. " +
      "Where a curve turns to the right, more load only makes requests wait: that knee is what the option can carry. " +
      "Shaded: within the latency budget; ring: the most work within the budgets for latency and errors.",
    svg: draw({
      name: "throughput_against_latency",
      title,
      key,
      keyTitle: "Experiment",
      keyLines: true,
      blocks: [{
        panels,
        options: {
          x: { type: xAxis.type, domain: [...xAxis.domain] },
          y: { type: yAxis.type, domain: [...yAxis.domain] },
        },
        marks: [
          inTime(xAxis, yAxis, budget),
          ...panelFrames(panels, 24),
          panelRemarks(panels, best.map(headingOf)),
          ...verticalAxis(yAxis),
          ...horizontalAxis(xAxis),
          ...key.flatMap((look) => curve(look, points)),
          rings(points),
          ...limits.marks,
          ...loadNumbers(points, panels, [...obstacles, ...limits.covers], pixel, "most"),
        ],
        xLabel: `${latency} (${unit.name})`,
        yLabel: "Transactions per minute",
        remark: budgetRemark(xAxis, budget, budgetText),
      }],
    }),
  };
}

/** The cell with the most transactions per minute that keeps the budgets for latency and errors. */
function mostInTime(cells: readonly CellSummary[]): CellSummary | null {
  return cells
    .filter(({ criteria }) => criteria.latency === "pass" && criteria.error_rate === "pass")
    .reduce<CellSummary | null>(
      (most, cell) =>
        most === null || cell.transactions_per_minute! > most.transactions_per_minute! ? cell : most,
      null,
    );
}

function headingOf(most: CellSummary | null): string {
  if (most === null) return "no load keeps the budgets for latency and errors";
  return `most: ${most.experiment_name} at ${showLoad(most)}, ${
    showNumber(most.transactions_per_minute)
  } a minute`;
}

/** The part of the plane within the latency budget. */
function inTime({ domain: [x1, end] }: Axis, { domain: [y1, y2] }: Axis, budget: number): Plot.Markish {
  const x2 = Math.min(budget, end);
  return Plot.rect(x2 > x1 ? [0] : [], {
    x1: [x1],
    x2: [x2],
    y1: [y1],
    y2: [y2],
    fill: "#2f8f5b",
    fillOpacity: 0.14,
  });
}
