/** Accuracy against the length of the prompt. */

import * as Plot from "@observablehq/plot";
import { type Estimate, showNumber, showPercent } from "../core/mod.ts";
import { type Axis, axisFor } from "./axis.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { draw } from "./drawing.ts";
import { horizontalAxis, layPanels, panelFrames, panelOf, verticalAxis } from "./panels.ts";
import { experimentLooks } from "./series.ts";
import { showEstimate } from "./wording.ts";

/** Answers of one experiment to prompts of similar length. */
export interface LengthRow {
  readonly experiment_name: string;
  readonly from_tokens: number;
  /** Median length of the prompts. */
  readonly prompt_tokens: number;
  readonly to_tokens: number;
  /** Fraction of right answers. */
  readonly accuracy: Estimate;
}

/** Fractions in percent, always from 0 to 100. */
export const percentAxis: Axis = {
  type: "linear",
  domain: [0, 100],
  ticks: [0, 20, 40, 60, 80, 100],
  budget: null,
};

/** Right answers over prompt tokens with their intervals: a panel an experiment, a symbol a range of lengths. null without rows. */
export function accuracyByPromptLength(
  rows: readonly LengthRow[],
  { experiments }: ChartOptions,
): Chart | null {
  const known = rows.filter(({ accuracy }) => accuracy.value !== null);
  if (known.length === 0) return null;
  const title = "Are long prompts answered worse than short ones?";
  const key = experimentLooks(known, experiments);
  const panels = layPanels(key.map(({ name }) => name), { panelHeight: 170 });
  const xAxis = axisFor(known.flatMap(({ from_tokens, to_tokens }) => [from_tokens, to_tokens]), {
    ticks: 4,
  });
  const place = { fx: "fx", fy: "fy" };
  const series = key.flatMap(({ name, colour, symbol }): Plot.Markish[] => {
    const own = known.filter(({ experiment_name }) => experiment_name === name).map((row) => ({
      ...panelOf(panels, name),
      x: row.prompt_tokens,
      from: row.from_tokens,
      to: row.to_tokens,
      y: row.accuracy.value! * 100,
      low: (row.accuracy.low ?? 0) * 100,
      high: (row.accuracy.high ?? 1) * 100,
      about: `${name}\nprompts of ${showNumber(row.from_tokens, 9)} to ${
        showNumber(row.to_tokens, 9)
      } tokens\nright answers: ${showEstimate(row.accuracy, showPercent)}`,
    })).sort((a, b) => a.x - b.x);
    return [
      Plot.rect(own, {
        ...place,
        x1: "from",
        x2: "to",
        y1: "low",
        y2: "high",
        fill: colour,
        fillOpacity: 0.14,
      }),
      Plot.line(own, { ...place, x: "x", y: "y", stroke: colour, strokeWidth: 1.4, strokeOpacity: 0.7 }),
      Plot.ruleX(own, { ...place, x: "x", y1: "low", y2: "high", stroke: colour, strokeWidth: 2 }),
      Plot.dot(own, { ...place, x: "x", y: "y", symbol, r: 5, fill: colour, title: "about" }),
    ];
  });
  return {
    name: "accuracy_by_prompt_length",
    title,
    caption:
      "Symbols: fraction of the judged answers that were right, for prompts of similar length; shaded: the range of lengths " +
      "and the 95 % interval. Where the shades of a panel share a height, this run does not show that length matters.",
    svg: draw({
      name: "accuracy_by_prompt_length",
      title,
      key: [],
      keyTitle: "",
      blocks: [{
        panels,
        options: {
          x: { type: xAxis.type, domain: [...xAxis.domain] },
          y: { type: "linear", domain: [0, 100] },
        },
        marks: [...panelFrames(panels), ...verticalAxis(percentAxis), ...horizontalAxis(xAxis), ...series],
        xLabel: "Prompt tokens",
        yLabel: "Right answers (%)",
      }],
    }),
  };
}
