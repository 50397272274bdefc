/** Latency of single requests against the length of their prompts. */

import * as Plot from "@observablehq/plot";
import { type Budgets, seededRandom, showNumber } from "../core/mod.ts";
import { along, axisFor, latencyUnit } from "./axis.ts";
import { budgetLines, budgetRemark } from "./budget_line.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { draw } from "./drawing.ts";
import { levelsOf } from "./load_axis.ts";
import { horizontalAxis, layPanels, panelFrames, panelOf, verticalAxis } from "./panels.ts";
import { distinct, stepLooks } from "./series.ts";
import { showMs } from "./wording.ts";

/** One successful request of the measured phase. */
export interface RequestPoint {
  readonly experiment_name: string;
  /** Requests in flight; in open loop arrivals per second. */
  readonly concurrency: number;
  readonly prompt_tokens: number;
  readonly e2e_ms: number;
}

export interface PromptOptions extends ChartOptions {
  readonly budgets: Pick<Budgets, "latency_budget">;
  /** At most so many dots are drawn, chosen at random (seeded); the lines use all rows. Default 4,000. */
  readonly dots?: number;
  /** How many requests there are, where the rows are a sample of them. */
  readonly requestTotal?: number;
}

/** Requests of similar length behind one point of a line. */
const leastInBin = 5;
const mostBins = 8;

/**
 * E2E latency over prompt tokens: a dot a request, a panel an experiment, a line through the medians of each concurrency.
 * null without requests.
 */
export function latencyAgainstPromptTokens(
  requests: readonly RequestPoint[],
  { budgets, experiments, dots = 4000, requestTotal = requests.length }: PromptOptions,
): Chart | null {
  if (requests.length === 0) return null;
  const title = "How does latency grow with the length of the prompt?";
  const latencies = requests.map((request) => request.e2e_ms);
  const unit = latencyUnit(latencies);
  const budget = budgets.latency_budget * 1000 / unit.ms;
  const budgetText = `latency budget ${showNumber(budgets.latency_budget)} s`;
  const xAxis = axisFor(requests.map((request) => request.prompt_tokens), { ticks: 4 });
  const yAxis = axisFor(latencies.map((value) => value / unit.ms), { budget });
  const present = distinct(requests, (request) => request.experiment_name);
  const order = (experiments ?? present).filter((name) => present.includes(name));
  const panels = layPanels([...order, ...present.filter((name) => !order.includes(name))]);
  const key = stepLooks(levelsOf(requests.map(({ concurrency }) => concurrency)).map(String));
  const shown = requests.length <= dots
    ? requests
    : seededRandom(1, "dots").shuffled(requests).slice(0, dots);
  const place = { fx: "fx", fy: "fy", x: "x", y: "y" };
  const points = (chosen: readonly RequestPoint[]) =>
    chosen.map((request) => ({
      ...panelOf(panels, request.experiment_name),
      x: request.prompt_tokens,
      y: request.e2e_ms / unit.ms,
    }));
  const obstacles = points(shown).map(({ x, y, ...panel }) => ({
    ...panel,
    x: along(xAxis, x, panels.panelWidth),
    y: panels.panelHeight - along(yAxis, y, panels.panelHeight),
    half: 3,
  }));
  const series = key.flatMap(
    ({ name, colour, symbol, dash }): { dots: Plot.Markish; line: Plot.Markish[] }[] => {
      const own = (rows: readonly RequestPoint[]) =>
        rows.filter((request) => String(request.concurrency) === name);
      const medians = present.flatMap((experiment) =>
        medianLine(own(requests).filter((request) => request.experiment_name === experiment)).map((bin) => ({
          ...points([bin])[0]!,
          about: `${experiment}, load ${name}\nprompts of ${showNumber(bin.from_tokens, 9)} to ${
            showNumber(bin.to_tokens, 9)
          } tokens\nmedian of the E2E latency: ${showMs(bin.e2e_ms)}, n = ${showNumber(bin.n, 9)}`,
        }))
      );
      return [{
        dots: Plot.dot(points(own(shown)), { ...place, symbol, r: 2.6, fill: colour, fillOpacity: 0.55 }),
        line: [
          Plot.line(medians, { ...place, stroke: colour, strokeWidth: 2.2, strokeDasharray: dash }),
          Plot.dot(medians, { ...place, symbol, r: 4, fill: colour, title: "about" }),
        ],
      }];
    },
  );
  const sample = shown.length < requestTotal
    ? ` ${showNumber(shown.length, 9)} of ${
      showNumber(requestTotal, 9)
    } requests are drawn, chosen at random from a fixed seed; the lines use ${
      requests.length < requestTotal ? `a sample of ${showNumber(requests.length, 9)}` : "all of them"
    }.`
    : "";
  return {
    name: "latency_against_prompt_tokens",
    title,
    caption:
      `Each dot is one successful request; the lines join the medians (bigger symbols) of requests with prompts of similar length.${sample}`,
    svg: draw({
      name: "latency_against_prompt_tokens",
      title,
      key,
      keyTitle: "Concurrency",
      keyLines: true,
      blocks: [{
        panels,
        options: {
          x: { type: xAxis.type, domain: [...xAxis.domain] },
          y: { type: yAxis.type, domain: [...yAxis.domain] },
        },
        marks: [
          ...panelFrames(panels),
          ...verticalAxis(yAxis),
          ...horizontalAxis(xAxis),
          ...series.map((one) => one.dots),
          ...series.flatMap((one) => one.line),
          ...budgetLines(panels, { y: { axis: yAxis, label: budgetText } }, obstacles).marks,
        ],
        xLabel: "Prompt tokens",
        yLabel: `E2E latency (${unit.name})`,
        remark: budgetRemark(yAxis, budget, budgetText),
      }],
    }),
  };
}

/** Requests of similar length, as their medians. */
interface Bin extends RequestPoint {
  readonly from_tokens: number;
  readonly to_tokens: number;
  readonly n: number;
}

/** Medians of up to eight groups of equal size, ordered by prompt length; none when the groups would be under five. */
function medianLine(requests: readonly RequestPoint[]): Bin[] {
  const bins = Math.min(mostBins, Math.floor(requests.length / leastInBin));
  if (bins < 2) return [];
  const sorted = [...requests].sort((a, b) => a.prompt_tokens - b.prompt_tokens);
  return Array.from({ length: bins }, (_, i) => {
    const bin = sorted.slice(
      Math.floor(i * sorted.length / bins),
      Math.floor((i + 1) * sorted.length / bins),
    );
    return {
      ...bin[0]!,
      prompt_tokens: median(bin.map((request) => request.prompt_tokens)),
      e2e_ms: median(bin.map((request) => request.e2e_ms)),
      from_tokens: bin[0]!.prompt_tokens,
      to_tokens: bin.at(-1)!.prompt_tokens,
      n: bin.length,
    };
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}
