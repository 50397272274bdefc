/** How often the interval of a percentile of calls with the same prompts again and again holds the truth. */

import { seededRandom } from "../../lib/core/mod.ts";
import {
  clusteredPercentile,
  fewestPrompts,
  normalCdf,
  normalQuantile,
  percentiles,
} from "../../lib/metrics/mod.ts";

export interface ClusteredModel {
  readonly prompts: number;
  /** Calls with each, in rounds. */
  readonly calls: number;
  /** Spread of the logarithms between prompts, and of calls with one prompt. */
  readonly between: number;
  readonly within: number;
  /** Of what one call shares with the next, whatever its prompt. */
  readonly autocorrelation: number;
}

export interface ClusteredCoverage {
  /** Experiments of which the interval holds the percentile of all prompts that there could be; of these prompts under `fewestPrompts`. */
  readonly covered: number;
  /** The same of the interval for values in time alone, whose prompts are not known. */
  readonly unclustered: number;
  /** Experiments with an open end. */
  readonly open: number;
}

const holds = (low: number | null, value: number, high: number | null) =>
  (low ?? -Infinity) <= value && value <= (high ?? Infinity);

export function clusteredCoverage(
  seed: number,
  model: ClusteredModel,
  perMille: 500 | 900 | 990,
  experiments: number,
): ClusteredCoverage {
  const random = seededRandom(seed, ["clustered", perMille, ...Object.values(model)]);
  const { prompts, calls, between, within, autocorrelation } = model;
  const fresh = Math.sqrt(1 - autocorrelation ** 2);
  const counts = { covered: 0, unclustered: 0, open: 0 };
  for (let experiment = 0; experiment < experiments; experiment++) {
    const levels = Array.from({ length: prompts }, () => between * random.normal());
    const order = levels.map((_, id) => id);
    const values: number[] = [];
    const clusters: number[] = [];
    let noise = random.normal();
    for (let round = 0; round < calls; round++) {
      for (const id of random.shuffled(order)) {
        values.push(Math.exp(levels[id]! + within * noise));
        clusters.push(id);
        noise = autocorrelation * noise + fresh * random.normal();
      }
    }
    const all = Math.hypot(between, within) * normalQuantile(perMille / 1000);
    const truth = Math.exp(prompts < fewestPrompts ? ofThese(levels, within, perMille / 1000) : all);
    const { low, high } = clusteredPercentile(values, clusters, perMille);
    const { p50, p90, p99 } = percentiles(values);
    const plain = { 500: p50, 900: p90, 990: p99 }[perMille];
    if (holds(low, truth, high)) counts.covered++;
    if (holds(plain.low, truth, plain.high)) counts.unclustered++;
    if (low === null || high === null) counts.open++;
  }
  return counts;
}

/** Where the mean of the prompts' normal distributions reaches a share, by bisection. */
function ofThese(levels: readonly number[], within: number, share: number): number {
  let low = -20;
  let high = 20;
  for (let i = 0; i < 50; i++) {
    const at = (low + high) / 2;
    const below = levels.reduce((sum, level) => sum + normalCdf((at - level) / within), 0);
    if (below < share * levels.length) low = at;
    else high = at;
  }
  return (low + high) / 2;
}
