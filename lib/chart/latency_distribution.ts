/** How latencies are spread: what the lucky and the unlucky wait. */

import * as Plot from "@observablehq/plot";
import type { Distribution } from "../analyze/mod.ts";
import { type Budgets, describeLoad, loadOf, showNumber } from "../core/mod.ts";
import { along, type Axis, axisFor, latencyUnit } from "./axis.ts";
import { percentAxis } from "./accuracy_by_prompt_length.ts";
import { budgetLines, budgetRemark } from "./budget_line.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { type Block, draw } from "./drawing.ts";
import type { Obstacle } from "./labels.ts";
import { horizontalAxis, layPanels, panelFrames, panelOf, panelRemarks, verticalAxis } from "./panels.ts";
import { distinct, experimentLooks, type Look } from "./series.ts";
import { aboutCell, shortFile, showMs } from "./wording.ts";

export interface DistributionOptions extends ChartOptions {
  readonly budgets: Pick<Budgets, "latency_budget">;
}

const figures = { ttft_ms: "Time to first token, TTFT", response_ms: "Response time" } as const;
/** Percentiles with a mark, and the samples from which on they are shown. */
const marked = [{ p: 50, least: 2 }, { p: 95, least: 20 }, { p: 99, least: 100 }] as const;
/** Where steps are drawn one by one; between, every other one is enough. */
const fine = { below: 0.05, above: 0.94 };

/**
 * Percent of requests answered within a time, TTFT above and response time below: a curve an experiment, a panel a payload file,
 * each at the highest load that all experiments of the panel have been measured at. null without distributions.
 */
export function latencyDistribution(
  distributions: readonly Distribution[],
  { budgets, experiments }: DistributionOptions,
): Chart | null {
  const chosen = atOneLoad(distributions);
  if (chosen.length === 0) return null;
  const title = "How long do most people wait, and how long the unlucky ones?";
  const key = experimentLooks(chosen, experiments);
  const budgetOf = { ttft_ms: null, response_ms: budgets.latency_budget } as const;
  const blocks = (["ttft_ms", "response_ms"] as const).flatMap((figure) => {
    const rows = chosen.filter((row) => row.figure === figure);
    return rows.length === 0 ? [] : [blockOf(rows, key, figures[figure], budgetOf[figure])];
  });
  return {
    name: "latency_distribution",
    title,
    caption:
      "Each curve is one experiment: its height tells how many percent of the requests were answered within the time below. " +
      "Further left is faster, steeper is more even; a long flat end at the top is what the unlucky ones wait. " +
      "Symbols: p50, p95 and p99, where there are enough samples. Each panel shows the highest load that all its experiments " +
      "were measured at.",
    svg: draw({ name: "latency_distribution", title, key, keyTitle: "Experiment", keyLines: true, blocks }),
  };
}

/** The distributions of each payload file at the highest load that all its experiments have, else each at its own highest. */
function atOneLoad(distributions: readonly Distribution[]): Distribution[] {
  return distinct(distributions, ({ payload_file }) => payload_file).flatMap((file) => {
    const here = distributions.filter(({ payload_file }) => payload_file === file);
    const byExperiment = [...Map.groupBy(here, ({ experiment_name }) => experiment_name).values()];
    const shared = here.filter((row) =>
      byExperiment.every((rows) => rows.some((other) => describeLoad(other) === describeLoad(row)))
    );
    const highest = (rows: readonly Distribution[]) => Math.max(...rows.map(loadOf));
    if (shared.length > 0) return shared.filter((row) => loadOf(row) === highest(shared));
    return byExperiment.flatMap((rows) => rows.filter((row) => loadOf(row) === highest(rows)));
  });
}

function blockOf(
  rows: readonly Distribution[],
  key: readonly Look[],
  label: string,
  budget_s: number | null,
): Block {
  const ends = rows.flatMap(({ quantiles }) => [quantiles[0]!, quantiles.at(-1)!]);
  const unit = latencyUnit(ends);
  const budget = budget_s === null ? null : budget_s * 1000 / unit.ms;
  const budgetText = budget_s === null ? "" : `${showNumber(budget_s)} s budget`;
  const xAxis = axisFor(ends.map((value) => value / unit.ms), { budget, ticks: 6 });
  const yAxis: Axis = percentAxis;
  const files = distinct(rows, ({ payload_file }) => shortFile(payload_file));
  const panels = layPanels(files, { panelHeight: 180, headingLines: 2 });
  const place = { fx: "fx", fy: "fy", x: "x", y: "y" };
  const obstacles: Obstacle[] = [];
  const series = key.flatMap(({ name, colour, symbol, dash }): Plot.Markish[] => {
    const own = rows.filter(({ experiment_name }) => experiment_name === name);
    const lines = own.map((row) => {
      const panel = panelOf(panels, shortFile(row.payload_file));
      return row.quantiles.flatMap((value, i) => {
        const part = i / (row.quantiles.length - 1);
        const drawn = i % 2 === 0 || part < fine.below || part > fine.above;
        return drawn ? [{ ...panel, x: value / unit.ms, y: part * 100 }] : [];
      });
    });
    const symbols = own.flatMap((row) =>
      marked.filter(({ least }) => row.n >= least).map(({ p }) => ({
        ...panelOf(panels, shortFile(row.payload_file)),
        x: at(row, p) / unit.ms,
        y: p,
        about: aboutCell(
          row,
          `${label}: ${
            marked.filter(({ least }) => row.n >= least).map((mark) =>
              `p${mark.p} ${showMs(at(row, mark.p))}`
            ).join(", ")
          }`,
          `n = ${showNumber(row.n, 9)}`,
        ),
      }))
    );
    const pixel = ({ fx, fy, x, y }: { fx: number; fy: number; x: number; y: number }): Obstacle => ({
      fx,
      fy,
      x: along(xAxis, x, panels.panelWidth),
      y: panels.panelHeight - along(yAxis, y, panels.panelHeight),
      half: 2,
    });
    obstacles.push(...lines.flatMap((line) => line.map(pixel)));
    obstacles.push(...symbols.map((mark) => ({ ...pixel(mark), half: 6 })));
    return [
      ...lines.map((line) =>
        Plot.line(line, { ...place, stroke: colour, strokeWidth: 1.6, strokeDasharray: dash })
      ),
      Plot.dot(symbols, { ...place, symbol, r: 4.5, fill: colour, title: "about" }),
    ];
  });
  return {
    panels,
    options: {
      x: { type: xAxis.type, domain: [...xAxis.domain] },
      y: { type: "linear", domain: [...yAxis.domain] },
    },
    marks: [
      ...panelFrames(panels, 24),
      panelRemarks(panels, files.map((file) => loadWords(rows, file))),
      ...verticalAxis(yAxis),
      ...horizontalAxis(xAxis),
      ...series,
      ...budgetLines(panels, { x: { axis: xAxis, label: budgetText } }, obstacles).marks,
    ],
    xLabel: `${label} (${unit.name})`,
    yLabel: "Requests answered within that time (%)",
    remark: budgetRemark(xAxis, budget, budgetText),
  };
}

/** At which load a file's panel is. */
function loadWords(rows: readonly Distribution[], file: string): string {
  const loads = new Set(
    rows.filter(({ payload_file }) => shortFile(payload_file) === file).map(describeLoad),
  );
  return loads.size === 1 ? `at ${[...loads][0]}` : "each at its highest load";
}

/** A percentile in milliseconds. */
function at({ quantiles }: Distribution, p: number): number {
  return quantiles[Math.round(p / 100 * (quantiles.length - 1))]!;
}
