/** Cost against latency: the business question in one picture. */

import * as Plot from "@observablehq/plot";
import {
  type Budgets,
  type CellSummary,
  describeLoad,
  loadOf,
  sentAtOnce,
  showLoad,
  showMoney,
  showNumber,
} from "../core/mod.ts";
import { along, type Axis, axisFor, latencyUnit } from "./axis.ts";
import { budgetLines, budgetRemark } from "./budget_line.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { draw } from "./drawing.ts";
import { alongLine, around, type Obstacle, overMarks, placeTexts, type Wanted } from "./labels.ts";
import {
  fontSize,
  horizontalAxis,
  layPanels,
  type Panel,
  panelFrames,
  panelOf,
  type Panels,
  verticalAxis,
} from "./panels.ts";
import { distinct, experimentLooks, type Look } from "./series.ts";
import { fitText } from "./text_width.ts";
import { shortFile } from "./wording.ts";

export interface CostOptions extends ChartOptions {
  readonly budgets: Pick<Budgets, "latency_budget" | "cost_per_10k_txn_budget">;
  /** The recommended cell of each payload file (`Recommendation.best`); files without one are left out. */
  readonly best: readonly CellSummary[];
  /** ISO code. Default `USD`. */
  readonly currency?: string;
}

interface Point {
  readonly fx: number;
  readonly fy: number;
  readonly x: number;
  readonly y: number;
  readonly cell: CellSummary;
  readonly best: boolean;
  readonly about: string;
}

/**
 * Cost of 10,000 transactions over the p95 of the response time: a mark a cell, the load levels of an experiment joined, the
 * region within both budgets shaded, the best option ringed. A panel a payload file. null when no cell has both figures.
 */
export function costAgainstLatency(
  cells: readonly CellSummary[],
  { budgets, best, currency = "USD", experiments }: CostOptions,
): Chart | null {
  const known = cells.filter((cell) =>
    cell.response_ms.p95.value !== null && cell.cost_per_10k_transactions !== null
  );
  if (known.length === 0) return null;
  const title = "Which option is the cheapest that is fast enough?";
  const latencies = known.map((cell) => cell.response_ms.p95.value!);
  const unit = latencyUnit(latencies);
  const latencyBudget = budgets.latency_budget * 1000 / unit.ms;
  const costBudget = budgets.cost_per_10k_txn_budget;
  const xAxis = axisFor(latencies.map((value) => value / unit.ms), { budget: latencyBudget, ticks: 6 });
  const yAxis = axisFor(known.map((cell) => cell.cost_per_10k_transactions!), { budget: costBudget });
  const panels = layPanels(distinct(known, (cell) => shortFile(cell.payload_file)), {
    panelHeight: 260,
    headingLines: 2,
  });
  const key = experimentLooks(known, experiments);
  const points = known.map((cell): Point => ({
    ...panelOf(panels, shortFile(cell.payload_file)),
    x: cell.response_ms.p95.value! / unit.ms,
    y: cell.cost_per_10k_transactions!,
    cell,
    best: best.some((chosen) =>
      chosen.experiment_name === cell.experiment_name && chosen.payload_file === cell.payload_file &&
      loadOf(chosen) === loadOf(cell)
    ),
    about: `${cell.experiment_name} at ${describeLoad(cell)}: ${
      showMoney(cell.cost_per_10k_transactions, currency)
    } per 10,000 transactions, p95 ${
      showNumber(cell.response_ms.p95.value)
    } ms, n = ${cell.response_ms.p95.n}`,
  })).sort((a, b) => loadOf(a.cell) - loadOf(b.cell));
  const pixel = ({ fx, fy, x, y, best }: Point): Obstacle => ({
    fx,
    fy,
    x: along(xAxis, x, panels.panelWidth),
    y: panels.panelHeight - along(yAxis, y, panels.panelHeight),
    half: best ? 11 : 6,
  });
  const obstacles = panels.list.flatMap(({ fx, fy }) =>
    key.flatMap(({ name }) => {
      const own = points.filter((point) =>
        point.fx === fx && point.fy === fy && point.cell.experiment_name === name
      )
        .map(pixel);
      return [...own, ...alongLine(own)];
    })
  );
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
          ...key.flatMap((look) => experimentMarks(look, points)),
          Plot.dot(points.filter((point) => point.best), {
            fx: "fx",
            fy: "fy",
            x: "x",
            y: "y",
            r: 10,
            stroke: "currentColor",
            strokeWidth: 2,
          }),
          ...limits.marks,
          ...loadNumbers(points, panels, [...obstacles, ...limits.covers], pixel),
        ],
        xLabel: `p95 of the ${sentAtOnce(known) ? "E2E latency" : "response time"} (${unit.name})`,
        yLabel: `Cost of 10,000 transactions (${currency})`,
        remark: remarks.length === 0 ? null : remarks.join("; "),
      }],
    }),
  };
}

/** The part of the plane within both budgets; everything up to the axis' end where a budget lies beyond it. */
/** The part of the plane within the budgets; without a budget for the cost, all that is fast enough. */
function region(xAxis: Axis, yAxis: Axis, latencyBudget: number, costBudget: number | null): Plot.Markish {
  const [x1, xEnd] = xAxis.domain;
  const [y1, yEnd] = yAxis.domain;
  const x2 = Math.min(latencyBudget, xEnd);
  const y2 = Math.min(costBudget ?? yEnd, yEnd);
  const possible = x2 > x1 && y2 > y1 ? [0] : [];
  return Plot.rect(possible, { x1: [x1], x2: [x2], y1: [y1], y2: [y2], fill: "#2f8f5b", fillOpacity: 0.14 });
}

function experimentMarks({ name, colour, symbol, dash }: Look, points: readonly Point[]): Plot.Markish[] {
  const own = points.filter((point) => point.cell.experiment_name === name);
  const place = { fx: "fx", fy: "fy", x: "x", y: "y" };
  return [
    Plot.line(own, { ...place, stroke: colour, strokeWidth: 1.2, strokeOpacity: 0.7, strokeDasharray: dash }),
    Plot.dot(own, { ...place, symbol, r: 5, fill: colour, title: "about" }),
  ];
}

/** Second line of each panel's heading: which option is best there. */
function bestHeadings(panels: Panels, points: readonly Point[], currency: string): Plot.Markish {
  const wording = ({ fx, fy }: Panel) => {
    const best = points.find((point) => point.best && point.fx === fx && point.fy === fy)?.cell;
    if (best === undefined) return "no option keeps all budgets";
    const cost = showMoney(best.cost_per_10k_transactions, currency);
    return `best: ${best.experiment_name}, ${describeLoad(best)}, ${cost}`;
  };
  const lines = panels.list.map((panel) => ({
    ...panel,
    text: fitText(wording(panel), panels.panelWidth, fontSize),
  }));
  return Plot.text(lines, {
    fx: "fx",
    fy: "fy",
    text: "text",
    frameAnchor: "top-left",
    lineAnchor: "bottom",
    dy: -8,
    fontSize,
  });
}

/**
 * The concurrency beside the points where there is room, the best option first; where a panel has over 24 points, only
 * at the ends of each experiment's line.
 */
function loadNumbers(
  points: readonly Point[],
  panels: Panels,
  obstacles: readonly Obstacle[],
  pixel: (point: Point) => Obstacle,
): Plot.Markish[] {
  const same = (a: Point, b: Point) => a.fx === b.fx && a.fy === b.fy;
  const isEnd = (point: Point) => {
    const loads = points.filter((other) =>
      same(other, point) && other.cell.experiment_name === point.cell.experiment_name
    )
      .map((other) => loadOf(other.cell));
    return [Math.min(...loads), Math.max(...loads)].includes(loadOf(point.cell));
  };
  const wanted = points
    .filter((point) =>
      point.best || isEnd(point) || points.filter((other) => same(other, point)).length <= 24
    )
    .sort((a, b) => Number(b.best) - Number(a.best))
    .map((point): Wanted<Point> => {
      const { fx, fy, x, y, half } = pixel(point);
      const text = point.best ? `best (${showLoad(point.cell)})` : showLoad(point.cell);
      return { fx, fy, text, always: point.best, datum: point, candidates: around(x, y, half) };
    });
  return placeTexts(wanted, obstacles, panels, fontSize - 2).map(({ fx, fy, text, options, datum }) =>
    Plot.text([text], {
      fx: [fx],
      fy: [fy],
      x: [datum.x],
      y: [datum.y],
      text: [text],
      fontSize: fontSize - 2,
      ...overMarks,
      ...options,
    })
  );
}
