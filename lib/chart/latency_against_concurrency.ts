/** Latency against load. */

import * as Plot from "@observablehq/plot";
import { type Budgets, type CellSummary, loadOf, showNumber } from "../core/mod.ts";
import { along, axisFor, latencyUnit } from "./axis.ts";
import { budgetLines, budgetRemark } from "./budget_line.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { draw } from "./drawing.ts";
import { alongLine, type Obstacle } from "./labels.ts";
import { aside, levelsOf, loadAxis, loadLabel, loadPixel, loadScale, symbolRadius } from "./load_axis.ts";
import { layPanels, panelFrames, panelOf, verticalAxis } from "./panels.ts";
import { distinct, experimentLooks } from "./series.ts";
import { aboutCell, latencyName, shortFile, showEstimate, showMs } from "./wording.ts";

export interface LatencyOptions extends ChartOptions {
  readonly budgets: Pick<Budgets, "latency_budget">;
}

/**
 * p95 of the response time with its interval, and the p50, over concurrency: a panel a payload file, a line an experiment.
 * null when no cell has a latency.
 */
export function latencyAgainstConcurrency(
  cells: readonly CellSummary[],
  { budgets, experiments }: LatencyOptions,
): Chart | null {
  const known = cells.filter(({ response_ms }) => (response_ms.p95.value ?? response_ms.p50.value) !== null);
  if (known.length === 0) return null;
  const title = "How does latency grow with load?";
  const latency = latencyName(known);
  const figures = known.flatMap((
    { response_ms },
  ) => [response_ms.p50.value, response_ms.p95.value, response_ms.p95.high])
    .filter((value) => value !== null);
  const budgetMs = budgets.latency_budget * 1000;
  const unit = latencyUnit(figures);
  const axis = axisFor(figures.map((value) => value / unit.ms), { budget: budgetMs / unit.ms });
  const panels = layPanels(distinct(known, (cell) => shortFile(cell.payload_file)));
  const levels = levelsOf(known.map(loadOf));
  const key = experimentLooks(known, experiments);
  const budgetText = `latency budget ${showNumber(budgets.latency_budget)} s`;

  const obstacles: Obstacle[] = [];
  const series = key.flatMap(({ name, colour, symbol, dash }, i): Plot.Markish[] => {
    const scaled = (value: number | null) => value === null ? null : value / unit.ms;
    const rows = known.filter((cell) => cell.experiment_name === name).map((cell) => ({
      ...panelOf(panels, shortFile(cell.payload_file)),
      x: loadOf(cell),
      p50: scaled(cell.response_ms.p50.value),
      p95: scaled(cell.response_ms.p95.value),
      low: scaled(cell.response_ms.p95.low),
      high: scaled(cell.response_ms.p95.high) ?? scaled(cell.response_ms.p95.value),
      about: aboutCell(
        cell,
        `p95 ${showEstimate(cell.response_ms.p95, showMs)}`,
        `p50 ${showEstimate(cell.response_ms.p50, showMs)}`,
      ),
    })).sort((a, b) => a.x - b.x);
    const place = { fx: "fx", fy: "fy", x: "x", dx: aside(panels, levels, i, key.length), stroke: colour };
    const pixel = (row: (typeof rows)[number], value: number): Obstacle => ({
      fx: row.fx,
      fy: row.fy,
      x: loadPixel(panels, levels, row.x, i, key.length),
      y: panels.panelHeight - along(axis, value, panels.panelHeight),
      half: 6,
    });
    for (const { fx, fy } of panels.list) {
      const here = rows.filter((row) => row.fx === fx && row.fy === fy);
      const tops = here.filter((row) => row.p95 !== null).map((row) => pixel(row, row.p95!));
      const rest = here.flatMap(({ p50, low, high, ...row }) =>
        [p50, low, high].filter((value) => value !== null).map((value) =>
          pixel({ ...row, p50, low, high }, value)
        )
      );
      obstacles.push(...tops, ...alongLine(tops), ...rest);
    }
    const judged = rows.filter((row) => row.p95 !== null);
    return [
      Plot.line(judged, { ...place, y: "p95", strokeWidth: 1.6, strokeDasharray: dash }),
      Plot.ruleX(judged.filter((row) => row.low !== null), {
        ...place,
        y1: "low",
        y2: "high",
        strokeWidth: 1.2,
      }),
      Plot.dot(rows.filter((row) => row.p50 !== null), {
        ...place,
        y: "p50",
        r: 2.4,
        strokeWidth: 1.4,
        title: "about",
      }),
      Plot.dot(judged, {
        ...place,
        y: "p95",
        symbol,
        r: symbolRadius(panels, levels, key.length),
        fill: colour,
        stroke: "none",
        title: "about",
      }),
    ];
  });
  return {
    name: "latency_against_concurrency",
    title,
    caption:
      `Symbols: p95 of the ${latency} with its 95 % interval (upright line); small open circles: p50. The load levels stand at equal distances as measured; experiments stand side by side. A line that turns upward shows where an option is full.`,
    svg: draw({
      name: "latency_against_concurrency",
      title,
      key,
      keyTitle: "Experiment",
      keyLines: true,
      blocks: [{
        panels,
        options: { ...loadScale(levels), y: { type: axis.type, domain: [...axis.domain] } },
        marks: [
          ...panelFrames(panels),
          ...verticalAxis(axis),
          loadAxis(levels),
          ...series,
          ...budgetLines(panels, { y: { axis, label: budgetText } }, obstacles).marks,
        ],
        xLabel: loadLabel(known),
        yLabel: `${latency.charAt(0).toUpperCase()}${latency.slice(1)} (${unit.name})`,
        remark: budgetRemark(axis, budgetMs / unit.ms, budgetText),
      }],
    }),
  };
}
