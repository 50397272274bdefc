/** What a study knows of a paired difference while it goes on. */

import type { Change } from "../core/mod.ts";
import { pairedChange } from "./paired_change.ts";
import { pairedVariance } from "./paired_mean.ts";
import { PairedSums } from "./paired_sums.ts";
import { pairsNeeded } from "./pairs_needed.ts";

/** Two calls with one prompt, one right after the other. */
export interface Pair {
  /** Which prompt: its id. */
  readonly prompt: string;
  /** When, UTC in milliseconds. */
  readonly at_ms: number;
  /** The figure of either call. */
  readonly baseline: number;
  readonly candidate: number;
}

/** Whether a pair has a ratio: both values are above 0. Another one is no pair: it is left out everywhere and not counted. */
export function hasRatio({ baseline, candidate }: Pair): boolean {
  return baseline > 0 && candidate > 0 && Number.isFinite(baseline) && Number.isFinite(candidate);
}

/** Keeps sums by prompt and slice of time, never a pair: as much memory after two weeks as after a round. */
export class PairedProgress {
  readonly #sums = new PairedSums();

  /** In the order in which the calls were made. */
  add(pair: Pair): void {
    if (hasRatio(pair)) this.#sums.add(pair.prompt, Math.log(pair.candidate / pair.baseline));
  }

  /** Pairs so far. */
  get pairs(): number {
    return this.#sums.n;
  }

  /** As `pairedDifference` would say it of the same pairs. */
  change(): Change {
    return pairedChange(this.#sums);
  }

  /** `pairsNeeded` of the pairs so far. To be asked at the ends of rounds only: who looks after every call stops at a lucky one. */
  pairsNeeded(precision: number): number | null {
    return pairsNeeded(this.#sums.n, pairedVariance(this.#sums), precision);
  }
}
