/** Accuracy by experiment. */

import * as Plot from "@observablehq/plot";
import { type Estimate, showNumber, showPercent } from "../core/mod.ts";
import type { Axis } from "./axis.ts";
import { budgetLines } from "./budget_line.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { draw } from "./drawing.ts";
import { chartWidth, fontSize, horizontalAxis, layPanels, panelFrames, panelOf } from "./panels.ts";
import { distinct, experimentLooks } from "./series.ts";
import { fitText, textWidth } from "./text_width.ts";
import { shortFile, showEstimate } from "./wording.ts";

/** How often an experiment was right. */
export interface AccuracyRow {
  readonly experiment_name: string;
  /** null: over all payload files. */
  readonly payload_file: string | null;
  /** Fraction of right answers. */
  readonly accuracy: Estimate;
  /** Answers without a verdict; absent: none. */
  readonly undecided?: number;
  readonly needs_review?: number;
}

export interface AccuracyOptions extends ChartOptions {
  /** Least fraction of right answers; null: not asked for. */
  readonly accuracy_budget: number | null;
}

/** Fraction of right answers with its interval: a line an experiment, a panel a payload file. null without a figure. */
export function accuracyByExperiment(
  rows: readonly AccuracyRow[],
  { accuracy_budget, experiments }: AccuracyOptions,
): Chart | null {
  const known = rows.filter((row) => row.accuracy.value !== null);
  if (known.length === 0) return null;
  const title = "How often is the answer right?";
  const key = experimentLooks(known, experiments);
  const names = key.map((look) => look.name);
  const files = distinct(known, fileOf);
  const marginLeft = 20 + Math.min(220, Math.max(...names.map((name) => textWidth(name, fontSize))));
  const panels = layPanels(files, {
    panelHeight: 22 * (names.length + 1),
    marginLeft,
    columns: files.length === 1 ? 1 : chartWidth - marginLeft > 560 ? 2 : 1,
  });
  const axis: Axis = {
    type: "linear",
    domain: [0, 100],
    ticks: [0, 20, 40, 60, 80, 100],
    budget: accuracy_budget === null ? null : accuracy_budget * 100,
  };
  const series = key.flatMap(({ name, colour, symbol }): Plot.Markish[] => {
    const own = known.filter((row) => row.experiment_name === name).map((row) => ({
      ...panelOf(panels, fileOf(row)),
      name,
      value: row.accuracy.value! * 100,
      low: (row.accuracy.low ?? 0) * 100,
      high: (row.accuracy.high ?? 1) * 100,
      about: `${name}\n${fileOf(row)}\nright answers: ${showEstimate(row.accuracy, showPercent)}`,
      samples: samplesOf(row),
    }));
    const place = { fx: "fx", fy: "fy", y: "name" };
    return [
      Plot.ruleY(own, { ...place, x1: "low", x2: "high", stroke: colour, strokeWidth: 2 }),
      Plot.dot(own, { ...place, x: "value", symbol, r: 5, fill: colour, title: "about" }),
      ...(["left", "right"] as const).map((frameAnchor) =>
        Plot.text(own.filter((row) => (row.low > 20) === (frameAnchor === "left")), {
          ...place,
          text: "samples",
          frameAnchor,
          dx: frameAnchor === "left" ? 6 : -6,
          fontSize: fontSize - 2,
        })
      ),
    ];
  });
  return {
    name: "accuracy_by_experiment",
    title,
    caption:
      "Symbols: fraction of the judged answers that were right; line: its 95 % interval; n: answers with a verdict, of all that " +
      "could have one. Where two lines overlap widely, " +
      "this run does not show which one is better.",
    svg: draw({
      name: "accuracy_by_experiment",
      title,
      key: [],
      keyTitle: "",
      blocks: [{
        panels,
        options: {
          x: { type: "linear", domain: [0, 100] },
          y: { type: "point", domain: ["", ...names], padding: 0.5 },
        },
        marks: [
          ...panelFrames(panels),
          ...horizontalAxis(axis),
          Plot.axisY(names, {
            label: null,
            tickSize: 0,
            tickFormat: (name: string) => fitText(name, 220, fontSize),
            fontSize,
          }),
          ...series,
          ...budgetLines(panels, { x: { axis, label: `budget ${showPercent(accuracy_budget)}` } }, []).marks,
        ],
        xLabel: "Right answers (%)",
        yLabel: "Experiment",
      }],
    }),
  };
}

/** How many answers are behind a symbol, and how many are not, for want of a verdict. */
function samplesOf({ accuracy, undecided = 0, needs_review = 0 }: AccuracyRow): string {
  const open = undecided + needs_review;
  const judged = `n = ${showNumber(accuracy.n, 9)}`;
  return open === 0 ? judged : `${judged} of ${showNumber(accuracy.n + open, 9)}`;
}

function fileOf(row: AccuracyRow): string {
  return row.payload_file === null ? "all payload files" : shortFile(row.payload_file);
}
