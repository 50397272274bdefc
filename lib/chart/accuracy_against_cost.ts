/** Accuracy against cost and against latency: what being right more often takes. */

import * as Plot from "@observablehq/plot";
import { type Budgets, type CellSummary, loadOf, showMoney, showNumber, showPercent } from "../core/mod.ts";
import { percentAxis } from "./accuracy_by_prompt_length.ts";
import { along, type Axis, axisFor, latencyUnit } from "./axis.ts";
import { budgetLines, budgetRemark } from "./budget_line.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { type Block, draw } from "./drawing.ts";
import type { Obstacle } from "./labels.ts";
import { horizontalAxis, layPanels, panelFrames, panelOf, verticalAxis } from "./panels.ts";
import { distinct, experimentLooks, type Look } from "./series.ts";
import { aboutCell, judgedLatency, latencyName, shortFile, showEstimate } from "./wording.ts";

export interface AccuracyCostOptions extends ChartOptions {
  readonly budgets: Pick<
    Budgets,
    "latency_budget" | "latency_statistic" | "cost_per_10k_txn_budget" | "accuracy_budget"
  >;
  /** ISO code. Default `USD`. */
  readonly currency?: string;
}

/** What one row of panels has along its horizontal axis. */
interface Measure {
  readonly value: (cell: CellSummary) => number | null;
  readonly budget: number | null;
  readonly budgetText: string;
  readonly label: string;
  readonly show: (value: number) => string;
}

/**
 * Right answers with their intervals over the cost of 10,000 transactions, and below over the latency that the budget judges: a symbol a cell,
 * a panel a payload file. null when no cell has an accuracy and one of the two.
 */
export function accuracyAgainstCost(
  cells: readonly CellSummary[],
  { budgets, currency = "USD", experiments }: AccuracyCostOptions,
): Chart | null {
  const judged = cells.filter(({ accuracy }) => (accuracy?.value ?? null) !== null);
  const unit = latencyUnit(judged.flatMap(({ latency_ms }) => latency_ms.value ?? []));
  const costBudget = budgets.cost_per_10k_txn_budget;
  const latency = judgedLatency(budgets.latency_statistic, latencyName(judged));
  const measures: readonly Measure[] = [
    {
      value: (cell) => cell.cost_per_10k_transactions,
      budget: costBudget,
      budgetText: costBudget === null ? "" : `${showMoney(costBudget, currency)} budget`,
      label: `Cost of 10,000 transactions (${currency})`,
      show: (value) => `${showMoney(value, currency)} per 10,000 transactions`,
    },
    {
      value: ({ latency_ms: { value } }) => value === null ? null : value / unit.ms,
      budget: budgets.latency_budget * 1000 / unit.ms,
      budgetText: `${showNumber(budgets.latency_budget)} s budget`,
      label: `${latency} (${unit.name})`,
      show: (value) => `${latency}: ${showNumber(value)} ${unit.name}`,
    },
  ];
  const drawn = measures.filter(({ value }) => judged.some((cell) => value(cell) !== null));
  if (drawn.length === 0) return null;
  const title = "What does it take to be right more often?";
  const key = experimentLooks(judged, experiments);
  return {
    name: "accuracy_against_cost",
    title,
    caption:
      "Each symbol is one experiment at one load, with the 95 % interval of its accuracy: further up is right more often, further " +
      "left is cheaper or faster. Where two intervals overlap widely, this run does not show which one is better.",
    svg: draw({
      name: "accuracy_against_cost",
      title,
      key,
      keyTitle: "Experiment",
      blocks: drawn.map((measure) => blockOf(measure, judged, key, budgets.accuracy_budget)),
    }),
  };
}

function blockOf(
  { value, budget, budgetText, label, show }: Measure,
  judged: readonly CellSummary[],
  key: readonly Look[],
  accuracyBudget: number | null,
): Block {
  const known = judged.filter((cell) => value(cell) !== null);
  const panels = layPanels(distinct(known, ({ payload_file }) => shortFile(payload_file)), {
    panelHeight: 190,
  });
  const xAxis = axisFor(known.map((cell) => value(cell)!), { budget, ticks: 6 });
  const yAxis: Axis = { ...percentAxis, budget: accuracyBudget === null ? null : accuracyBudget * 100 };
  const points = known.map((cell) => ({
    ...panelOf(panels, shortFile(cell.payload_file)),
    name: cell.experiment_name,
    load: loadOf(cell),
    x: value(cell)!,
    y: cell.accuracy!.value! * 100,
    low: (cell.accuracy!.low ?? 0) * 100,
    high: (cell.accuracy!.high ?? 1) * 100,
    about: aboutCell(cell, `right answers: ${showEstimate(cell.accuracy!, showPercent)}`, show(value(cell)!)),
  })).sort((a, b) => a.load - b.load);
  const obstacles = points.flatMap(({ fx, fy, x, y, low, high }): Obstacle[] => {
    const across = along(xAxis, x, panels.panelWidth);
    const up = (value: number) => panels.panelHeight - along(yAxis, value, panels.panelHeight);
    const interval = {
      fx,
      fy,
      x: across,
      y: (up(low) + up(high)) / 2,
      half: (up(low) - up(high)) / 2,
      halfWidth: 2,
    };
    return [{ fx, fy, x: across, y: up(y), half: 6 }, interval];
  });
  const lines = {
    x: { axis: xAxis, label: budgetText },
    y: { axis: yAxis, label: `budget ${showPercent(accuracyBudget)}` },
  };
  const place = { fx: "fx", fy: "fy", x: "x" };
  return {
    panels,
    options: {
      x: { type: xAxis.type, domain: [...xAxis.domain] },
      y: { type: yAxis.type, domain: [...yAxis.domain] },
    },
    marks: [
      ...panelFrames(panels),
      ...verticalAxis(yAxis),
      ...horizontalAxis(xAxis),
      ...key.flatMap(({ name, colour, symbol }): Plot.Markish[] => {
        const own = points.filter((point) => point.name === name);
        return [
          Plot.ruleX(own, {
            ...place,
            y1: "low",
            y2: "high",
            stroke: colour,
            strokeWidth: 1.4,
            strokeOpacity: 0.7,
          }),
          Plot.dot(own, { ...place, y: "y", symbol, r: 5, fill: colour, title: "about" }),
        ];
      }),
      ...budgetLines(panels, lines, obstacles).marks,
    ],
    xLabel: label,
    yLabel: "Right answers (%)",
    remark: budgetRemark(xAxis, budget, budgetText),
  };
}
