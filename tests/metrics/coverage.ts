/** How often an interval holds the truth, counted over simulated experiments. */

import { type Estimate, seededRandom } from "../../lib/core/mod.ts";
import { estimatePercentile, meanInterval, percentiles, seriesMean, sorted } from "../../lib/metrics/mod.ts";
import { latencies, truth } from "./simulated_latencies.ts";

export const figures = ["p50", "p90", "p95", "p99", "mean"] as const;
type Figure = (typeof figures)[number];

const perMille = { p50: 500, p90: 900, p95: 950, p99: 990, mean: "mean" } as const;

/** Fraction of the experiments whose interval held the truth; null where the figure is hidden. */
export interface Coverage {
  /** By the intervals of the report. */
  readonly ours: Readonly<Record<Figure, number | null>>;
  /** By the same intervals for samples that are taken to be independent. */
  readonly naive: Readonly<Record<Figure, number | null>>;
}

const holds = ({ low, high }: Estimate, value: number) =>
  (low ?? -Infinity) <= value && value <= (high ?? Infinity);

/** Repeats an experiment of n latencies. The seed and what is asked name the draws. */
export function coverage(seed: number, n: number, autocorrelation: number, experiments: number): Coverage {
  const random = seededRandom(seed, ["coverage", n, autocorrelation]);
  const none = { p50: 0, p90: 0, p95: 0, p99: 0, mean: 0 };
  const hits = { ours: { ...none }, naive: { ...none } };
  const hidden = new Set<Figure>();
  for (let experiment = 0; experiment < experiments; experiment++) {
    const values = latencies(random, n, autocorrelation);
    const samples = sorted(values);
    const ours = { ...percentiles(values), mean: seriesMean(values) };
    for (const figure of figures) {
      const which = perMille[figure];
      const naive = which === "mean"
        ? meanInterval(Array.from(values, (value) => [value]))
        : estimatePercentile(samples, which);
      if (naive.value === null) hidden.add(figure);
      if (holds(ours[figure], truth(which))) hits.ours[figure]++;
      if (holds(naive, truth(which))) hits.naive[figure]++;
    }
  }
  const shares = (of: Record<Figure, number>) =>
    Object.fromEntries(
      figures.map((figure) => [figure, hidden.has(figure) ? null : of[figure] / experiments]),
    ) as Record<Figure, number | null>;
  return { ours: shares(hits.ours), naive: shares(hits.naive) };
}
