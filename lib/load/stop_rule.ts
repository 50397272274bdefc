/** Ends a level as soon as its median latency is known well enough. */

import { estimatePercentile, percentileInflation, quantile, sorted } from "../metrics/mod.ts";

/** Below so many samples an interval says little, and looking often would find a narrow one by chance. */
const fewest = 30;

/**
 * Width of the 95 % interval of the median, relative to the median; null while it is open or there are fewer than 30 samples. Samples
 * in the order in which they came: where neighbours resemble each other the interval is wider.
 */
export function relativeWidth(samples: readonly number[]): number | null {
  if (samples.length < fewest) return null;
  const ascending = sorted(samples);
  const inflation = percentileInflation(new Float64Array(samples), quantile(ascending, 500)!);
  const { value, low, high } = estimatePercentile(ascending, 500, inflation);
  return value === null || low === null || high === null || value <= 0 ? null : (high - low) / value;
}

/** Gathers the latencies of a level over its workers. It looks again only when a tenth more have come. */
export class WidthRule {
  readonly #limit: number;
  readonly #samples: number[] = [];
  #next = fewest;
  met = false;

  /** @param limit `Level.ci_width` */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes more samples; true when the interval is narrow enough. */
  metBy(samples: readonly number[]): boolean {
    this.#samples.push(...samples);
    if (this.met || this.#samples.length < this.#next) return this.met;
    this.#next = Math.ceil(this.#samples.length * 1.1);
    const width = relativeWidth(this.#samples);
    return this.met = width !== null && width <= this.#limit;
  }
}
