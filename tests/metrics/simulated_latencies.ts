/** Latencies of which neighbours resemble each other, from a law whose percentiles are known. */

import type { Random } from "../../lib/core/mod.ts";
import { normalQuantile } from "../../lib/metrics/mod.ts";

/** Spread of the logarithms. */
export const sigma = 0.5;

/** Lognormal around `median`: the logarithms are an autoregressive series of first order, stationary from its first value on. */
export function latencies(random: Random, n: number, autocorrelation: number, median = 1): Float64Array {
  const fresh = Math.sqrt(1 - autocorrelation ** 2);
  const values = new Float64Array(n);
  let log = random.normal();
  for (let i = 0; i < n; i++) {
    values[i] = median * Math.exp(sigma * log);
    log = autocorrelation * log + fresh * random.normal();
  }
  return values;
}

/** The true percentile, in thousandths, or mean of that law with a median of 1. */
export function truth(figure: number | "mean"): number {
  return figure === "mean" ? Math.exp(sigma ** 2 / 2) : Math.exp(sigma * normalQuantile(figure / 1000));
}
