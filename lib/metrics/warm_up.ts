/** How much of the start of a series is not like the rest. */

import { varianceInflation } from "./autocorrelation.ts";
import { mean } from "./percentile.ts";

/** Samples that are averaged before the cut is looked for. */
const batch = 5;

/** With fewer samples there is no rest to compare with. */
const fewest = 40;

/** Standard errors that the cut part has to differ by. Above the usual two, because the cut is the best of many. */
const distinct = 4;

/**
 * How many samples at the start a cut of the warm-up takes away: the cut that makes the mean of the rest most certain (MSER-5), looked
 * for in the first half. 0 when what it takes away has a mean that the rest could have too, as it is with most cuts of a
 * level series. null under 40 samples. In open loop near the limit a busy spell at the start looks the same as a warm-up.
 * Source: K. P. White, M. J. Cobb, S. C. Spratt, A comparison of five steady-state truncation heuristics, WSC 2000.
 */
export function warmUpLeft(values: ArrayLike<number>): number | null {
  const n = values.length;
  if (n < fewest) return null;
  const means = batchMeans(values, batch);
  let sum = 0;
  let squares = 0;
  let best = Infinity;
  let cut = 0;
  for (let first = means.length - 1; first >= 0; first--) {
    sum += means[first]!;
    squares += means[first]! ** 2;
    const left = means.length - first;
    if (first > means.length / 2) continue;
    const error = Math.max(0, squares - sum ** 2 / left) / left ** 2;
    // The first of equal cuts: a level series keeps all.
    if (error <= best) [best, cut] = [error, first];
  }
  const taken = cut * batch;
  return taken > 0 && differs(values, taken) ? taken : 0;
}

/** Whether the head's mean is further from that of the rest than samples that hang together like those of the rest can be. */
function differs(values: ArrayLike<number>, taken: number): boolean {
  const rest = Float64Array.from({ length: values.length - taken }, (_, i) => values[taken + i]!);
  const restMean = mean(rest)!;
  const variance = rest.reduce((sum, one) => sum + (one - restMean) ** 2, 0) / (rest.length - 1) *
    varianceInflation(rest.length, (i) => rest[i]!);
  const head = mean(Array.from({ length: taken }, (_, i) => values[i]!))!;
  return Math.abs(head - restMean) > distinct * Math.sqrt(variance * (1 / taken + 1 / rest.length));
}

/** Means of whole batches; what is left over at the end is left out. */
function batchMeans(values: ArrayLike<number>, size: number): Float64Array {
  return Float64Array.from({ length: Math.floor(values.length / size) }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += values[i * size + j]!;
    return sum / size;
  });
}
