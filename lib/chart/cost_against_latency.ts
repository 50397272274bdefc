/** Cost against latency: the business question in one picture. */

import * as Plot from "@observablehq/plot";
import { type Budgets, type CellSummary, describeLoad, loadOf, showMoney, showNumber } from "../core/mod.ts";
import { type Axis, axisFor, latencyUnit } from "./axis.ts";
import { budgetLines, budgetRemark } from "./budget_line.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { draw } from "./drawing.ts";
import { type CellPoint, curve, curveObstacles, loadNumbers, pixelOf, rings } from "./load_numbers.ts";
import {
  horizontalAxis,
  layPanels,
  type Panel,
  panelFrames,
  panelOf,
  panelRemarks,
  type Panels,
  verticalAxis,
} from "./panels.ts";
import { distinct, experimentLooks } from "./series.ts";
import { aboutCell, judgedLatency, latencyName, shortFile, showEstimate, showMs } from "./wording.ts";

export interface CostOptions extends ChartOptions {
  readonly budgets: Pick<Budgets, "latency_budget" | "latency_statistic" | "cost_per_10k_txn_budget">;
  /** The recommended cell of each payload file (`Recommendation.best`); files without one are left out. */
  readonly best: readonly CellSummary[];
  /** ISO code. Default `USD`. */
  readonly currency?: string;
}

/**
 * Cost of 10,000 transactions over the latency that the budget judges: a mark a cell, the load levels of an experiment joined, the
 * region within both budgets shaded, the best option ringed. A panel a payload file. null when no cell has both figures.
 */
export function costAgainstLatency(
  cells: readonly CellSummary[],
  { budgets, best, currency = "USD", experiments }: CostOptions,
): Chart | null {
  const known = cells.filter((cell) =>
    cell.latency_ms.value !== null && cell.cost_per_10k_transactions !== null
  );
  if (known.length === 0) return null;
  const title = "Which option is the cheapest that is fast enough?";
  const latencies = known.map((cell) => cell.latency_ms.value!);
  const unit = latencyUnit(latencies);
  const latencyTitle = judgedLatency(budgets.latency_statistic, latencyName(known));
  const latencyBudget = budgets.latency_budget * 1000 / unit.ms;
  const costBudget = budgets.cost_per_10k_txn_budget;
  const xAxis = axisFor(latencies.map((value) => value / unit.ms), { budget: latencyBudget, ticks: 6 });
  const yAxis = axisFor(known.map((cell) => cell.cost_per_10k_transactions!), { budget: costBudget });
  const panels = layPanels(distinct(known, (cell) => shortFile(cell.payload_file)), {
    panelHeight: 260,
    headingLines: 2,
  });
  const key = experimentLooks(known, experiments);
  const points = known.map((cell): CellPoint => ({
    ...panelOf(panels, shortFile(cell.payload_file)),
    x: cell.latency_ms.value! / unit.ms,
    y: cell.cost_per_10k_transactions!,
    cell,
    best: best.some((chosen) =>
      chosen.experiment_name === cell.experiment_name && chosen.payload_file === cell.payload_file &&
      loadOf(chosen) === loadOf(cell)
    ),
    about: aboutCell(
      cell,
      `${showMoney(cell.cost_per_10k_transactions, currency)} per 10,000 transactions`,
      `${latencyTitle}: ${showEstimate(cell.latency_ms, showMs)}`,
    ),
  })).sort((a, b) => loadOf(a.cell) - loadOf(b.cell));
  const pixel = (point: CellPoint) => pixelOf(point, xAxis, yAxis, panels);
  const obstacles = curveObstacles(points, panels, key, pixel);
  const latencyText = `${showNumber(budgets.latency_budget)} s budget`;
  const costText = costBudget === null ? "" : `${showMoney(costBudget, currency)} budget`;
  const limits = budgetLines(
    panels,
    { x: { axis: xAxis, label: latencyText }, y: { axis: yAxis, label: costText } },
    obstacles,
  );
  const remarks = [
    budgetRemark(xAxis, latencyBudget, `Latency: ${latencyText}`),
    budgetRemark(yAxis, costBudget, `Cost: ${costText}`),
  ].filter((remark) => remark !== null);

  return {
    name: "cost_against_latency",
    title,
    caption:
      "Each symbol is one experiment at one load (the small number): further left is faster, further down is cheaper. " +
      "The shaded region is within the budgets; the ring marks the recommended option, the cheapest that keeps all budgets.",
    svg: draw({
      name: "cost_against_latency",
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
          region(xAxis, yAxis, latencyBudget, costBudget),
          ...panelFrames(panels, 24),
          bestHeadings(panels, points, currency),
          ...verticalAxis(yAxis),
          ...horizontalAxis(xAxis),
          ...key.flatMap((look) => curve(look, points)),
          rings(points),
          ...limits.marks,
          ...loadNumbers(points, panels, [...obstacles, ...limits.covers], pixel, "best"),
        ],
        xLabel: `${latencyTitle} (${unit.name})`,
        yLabel: `Cost of 10,000 transactions (${currency})`,
        remark: remarks.length === 0 ? null : remarks.join("; "),
      }],
    }),
  };
}

/** The part of the plane within the budgets; without a budget for the cost, all that is fast enough. */
function region(xAxis: Axis, yAxis: Axis, latencyBudget: number, costBudget: number | null): Plot.Markish {
  const [x1, xEnd] = xAxis.domain;
  const [y1, yEnd] = yAxis.domain;
  const x2 = Math.min(latencyBudget, xEnd);
  const y2 = Math.min(costBudget ?? yEnd, yEnd);
  const possible = x2 > x1 && y2 > y1 ? [0] : [];
  return Plot.rect(possible, { x1: [x1], x2: [x2], y1: [y1], y2: [y2], fill: "#2f8f5b", fillOpacity: 0.14 });
}

/** Second line of each panel's heading: which option is best there. */
function bestHeadings(panels: Panels, points: readonly CellPoint[], currency: string): Plot.Markish {
  const wording = ({ fx, fy }: Panel) => {
    const best = points.find((point) => point.best && point.fx === fx && point.fy === fy)?.cell;
    if (best === undefined) return "no option keeps all budgets";
    const cost = showMoney(best.cost_per_10k_transactions, currency);
    return `best: ${best.experiment_name}, ${describeLoad(best)}, ${cost}`;
  };
  return panelRemarks(panels, panels.list.map(wording));
}
