/** How many requests fail at which load, and in which way. */

import * as Plot from "@observablehq/plot";
import type { FailureCount } from "../analyze/mod.ts";
import { type Budgets, type CellSummary, loadOf, showNumber, showPercent } from "../core/mod.ts";
import { axisFor } from "./axis.ts";
import { budgetLines, budgetRemark } from "./budget_line.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { type Block, draw } from "./drawing.ts";
import { aside, levelsOf, loadAxis, loadLabel, loadScale, symbolRadius } from "./load_axis.ts";
import { fontSize, layPanels, panelFrames, panelOf, verticalAxis } from "./panels.ts";
import { distinct, experimentLooks, type Look } from "./series.ts";
import { fitText, textWidth } from "./text_width.ts";
import { aboutCell, shortFile, showEstimate } from "./wording.ts";

export interface ErrorRateOptions extends ChartOptions {
  readonly budgets: Pick<Budgets, "error_rate_budget">;
}

/**
 * Error rate with its interval over load, a panel a payload file, a line an experiment, and below how requests failed. Where
 * none did, a sentence of Markdown; null when nothing was sent.
 */
export function errorRateByLoad(
  cells: readonly CellSummary[],
  failures: readonly FailureCount[],
  { budgets, experiments }: ErrorRateOptions,
): Chart | string | null {
  const known = cells.filter(({ error_rate }) => error_rate.value !== null);
  if (known.length === 0) return null;
  if (known.every(({ errors }) => errors === 0)) return noneFailed(known);
  const title = "How often do requests fail, and how?";
  const key = experimentLooks(known, experiments);
  return {
    name: "error_rate_by_load",
    title,
    caption:
      "Symbols: failed requests in percent of the finished ones, each request judged by its last attempt; upright line: the 95 % " +
      "interval. Below, what kinds of failures they were, all loads together.",
    svg: draw({
      name: "error_rate_by_load",
      title,
      key,
      keyTitle: "Experiment",
      keyLines: true,
      blocks: [rateBlock(known, key, budgets.error_rate_budget), ...kindBlock(known, failures)],
    }),
  };
}

function noneFailed(cells: readonly CellSummary[]): string {
  const finished = cells.reduce((sum, { error_rate }) => sum + error_rate.n, 0);
  const weakest = cells.reduce((least, cell) => cell.error_rate.n < least.error_rate.n ? cell : least);
  const { n, high } = weakest.error_rate;
  const doubt = high === null
    ? ""
    : ` At the load with the fewest samples (n = ${showNumber(n, 9)}) an error rate of up to ${
      showPercent(high)
    } can't be ruled out.`;
  return `No request failed: all ${showNumber(finished, 9)} finished ones succeeded.${doubt}`;
}

function rateBlock(cells: readonly CellSummary[], key: readonly Look[], budget: number): Block {
  const percent = cells.flatMap(({ error_rate: { value, high } }) => [value! * 100, (high ?? value!) * 100]);
  const budgetText = `budget ${showPercent(budget)}`;
  const axis = axisFor(percent, { budget: budget * 100, ticks: 4 });
  const panels = layPanels(distinct(cells, (cell) => shortFile(cell.payload_file)), { panelHeight: 150 });
  const levels = levelsOf(cells.map(loadOf));
  const series = key.flatMap(({ name, colour, symbol, dash }, i): Plot.Markish[] => {
    const rows = cells.filter((cell) => cell.experiment_name === name).map((cell) => ({
      ...panelOf(panels, shortFile(cell.payload_file)),
      x: loadOf(cell),
      y: cell.error_rate.value! * 100,
      low: (cell.error_rate.low ?? 0) * 100,
      high: (cell.error_rate.high ?? cell.error_rate.value!) * 100,
      about: aboutCell(
        cell,
        `${showNumber(cell.errors, 9)} failed: ${showEstimate(cell.error_rate, showPercent)}`,
      ),
    })).sort((a, b) => a.x - b.x);
    const place = { fx: "fx", fy: "fy", x: "x", dx: aside(panels, levels, i, key.length) };
    return [
      Plot.line(rows, {
        ...place,
        y: "y",
        stroke: colour,
        strokeWidth: 1.2,
        strokeOpacity: 0.7,
        strokeDasharray: dash,
      }),
      Plot.ruleX(rows, { ...place, y1: "low", y2: "high", stroke: colour, strokeWidth: 1.4 }),
      Plot.dot(rows, {
        ...place,
        y: "y",
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
    marks: [
      ...panelFrames(panels),
      ...verticalAxis(axis),
      loadAxis(levels),
      ...series,
      ...budgetLines(panels, { y: { axis, label: budgetText } }, []).marks,
    ],
    xLabel: loadLabel(cells),
    yLabel: "Failed requests (%)",
    remark: budgetRemark(axis, budget * 100, budgetText),
  };
}

/** A field for each experiment that had failures and each kind, with their number; none without kinds. */
function kindBlock(cells: readonly CellSummary[], failures: readonly FailureCount[]): Block[] {
  if (failures.length === 0) return [];
  const names = distinct(failures, ({ experiment_name }) => experiment_name);
  const kinds = distinct(failures, ({ error_kind }) => error_kind);
  const marginLeft = 20 + Math.min(260, Math.max(...names.map((name) => textWidth(name, fontSize))));
  const panels = layPanels([""], { panelHeight: 30 * names.length, marginLeft, columns: 1, headingLines: 0 });
  const fields = names.flatMap((experiment, row) => {
    const finished = cells.filter(({ experiment_name }) => experiment_name === experiment)
      .reduce((sum, { error_rate }) => sum + error_rate.n, 0);
    return kinds.flatMap((kind, column) => {
      const count = failures
        .filter(({ experiment_name, error_kind }) => experiment_name === experiment && error_kind === kind)
        .reduce((sum, failure) => sum + failure.count, 0);
      const share = finished === 0 ? null : count / finished;
      return count === 0 ? [] : [{
        fx: 0,
        fy: 0,
        x: column,
        y: row,
        share: share ?? 0,
        words: `${showNumber(count, 9)}${share === null ? "" : ` (${showPercent(share)})`}`,
        about: `${experiment}\n${kind}: ${showNumber(count, 9)} of ${
          showNumber(finished, 9)
        } finished requests`,
      }];
    });
  });
  const place = { fx: "fx", fy: "fy", x: "x", y: "y" };
  return [{
    panels,
    options: {
      x: { type: "band", domain: kinds.map((_, i) => i), paddingInner: 0.02, paddingOuter: 0 },
      y: { type: "band", domain: names.map((_, i) => i), paddingInner: 0.06, paddingOuter: 0 },
    },
    marks: [
      ...panelFrames(panels),
      Plot.cell(fields, {
        ...place,
        fill: "#c1121f",
        fillOpacity: (field: (typeof fields)[number]) => 0.1 + 0.4 * Math.sqrt(field.share),
        title: "about",
      }),
      Plot.text(fields, { ...place, text: "words", fontSize }),
      Plot.axisY(names.map((_, i) => i), {
        label: null,
        tickSize: 0,
        tickFormat: (row: number) => fitText(names[row]!, 260, fontSize),
        fontSize,
      }),
      Plot.axisX(kinds.map((_, i) => i), {
        label: null,
        tickSize: 0,
        tickFormat: (column: number) => kinds[column]!,
        fontSize,
      }),
    ],
    xLabel: "Kind of failure",
    yLabel: "Failed requests by kind, and in percent of the experiment's finished ones",
  }];
}
