/** Finds the highest rate that keeps the objectives, by trials: it says what to try next, and is told what came of it. */

import type { Estimate } from "../core/mod.ts";
import { LoadBelief, type Trial } from "./load_belief.ts";

export interface LoadSearchOptions {
  /** Arrivals a second to begin with, and the most to try. */
  readonly from_rps: number;
  readonly to_rps: number;
  /** Least fraction of the finished requests that must be good. */
  readonly share: number;
  /** Most trials. @default 20 */
  readonly trials?: number;
  /** The search ends when both ends of the interval are within this fraction of the found rate. @default 0.05 */
  readonly precision?: number;
}

export interface LoadFound {
  /** `at_least`, `below`: the limit lies beyond the bounds of the search. `unknown`: no trial. */
  readonly found: "between" | "at_least" | "below" | "unknown";
  /** Arrivals a second with a 95 % interval; n: finished requests of all trials. Flagged: wider than asked for. */
  readonly rate_rps: Estimate;
  readonly trials: readonly Trial[];
}

/** The most that a rate is above the highest one that was tried: an endpoint is not flooded to find its limit. */
const climb = 2;

/** Trials are sent, in turn, at these quantiles of where the limit may be ... */
const turns = [0.3, 0.7];

/** ... and at least so far from the middle, in log rate: on one spot nothing is learnt of the slope. */
const apart = 0.02;

/** Trials that are looked at together at least. */
const fewest = 6;

/** Trials before a narrow interval is believed: some are narrow by luck, and a search that ends there keeps them. */
const believed = 12;

/** Trials that are further from the limit than this, in log rate, say nothing of it where there are enough nearer ones. */
const near = 0.25;

/** The probability that makes an end of the search, and of the interval together with its other end. */
const sure = 0.975;

/**
 * Each trial goes to where the limit is thought to be by then (see `LoadBelief`), a little below and above it in turn, and never to more than
 * twice what was tried before: from the lowest rate it climbs by doubling, comes back in ever smaller steps, and spends the rest
 * of its trials around the limit. It ends when the interval is narrow enough, when the limit is known to lie beyond a bound, or when
 * the trials are used up.
 */
export class LoadSearch {
  readonly #options: Required<LoadSearchOptions>;
  readonly #trials: Trial[] = [];
  #belief: LoadBelief;

  /** @throws {RangeError} unless 0 < from < to and 0 < share < 1 */
  constructor(options: LoadSearchOptions) {
    this.#options = { trials: 20, precision: 0.05, ...options };
    const { from_rps, to_rps, share } = this.#options;
    if (!(from_rps > 0 && to_rps > from_rps && share > 0 && share < 1)) {
      throw new RangeError(
        `Cannot search from ${from_rps} to ${to_rps} arrivals/s for a share of ${share}: expected 0 < from < to and 0 < share < 1`,
      );
    }
    this.#belief = this.#think();
  }

  /** The rate to try next, to four digits; null when the search is over. */
  ask(): number | null {
    const { from_rps, to_rps, trials } = this.#options;
    const made = this.#trials.length;
    if (made === 0) return from_rps;
    if (made >= trials) return null;
    const { found, rate_rps: { flagged } } = this.result();
    if (found !== "between" || (!flagged && made >= believed)) return null;
    const [middle, at] = [0.5, turns[made % 2]!].map((one) => this.#belief.quantile(one));
    const step = made % 2 === 0 ? Math.exp(-apart) : Math.exp(apart);
    const next = made % 2 === 0 ? Math.min(at!, middle! * step) : Math.max(at!, middle! * step);
    const highest = this.#trials.reduce((most, { rate_rps }) => Math.max(most, rate_rps), 0);
    return Number(Math.max(from_rps, Math.min(to_rps, highest * climb, next)).toPrecision(4));
  }

  /** What came of the rate that was asked for. Throws RangeError for a trial without finished requests. */
  tell(trial: Trial): void {
    const { good, finished } = trial;
    if (!(finished > 0 && good >= 0 && good <= finished)) {
      throw new RangeError(`Cannot learn from a trial with ${good} good of ${finished} finished requests`);
    }
    this.#trials.push(trial);
    this.#belief = this.#think();
  }

  /** What is known by now. */
  result(): LoadFound {
    const { from_rps, to_rps, precision } = this.#options;
    const trials = [...this.#trials];
    const n = trials.reduce((sum, { finished }) => sum + finished, 0);
    const none = { value: null, low: null, high: null, n, flagged: true };
    if (trials.length === 0) return { found: "unknown", rate_rps: none, trials };
    if (this.#belief.below(to_rps) < 1 - sure) {
      return { found: "at_least", rate_rps: { ...none, value: to_rps, low: to_rps, flagged: false }, trials };
    }
    if (this.#belief.below(from_rps) > sure) {
      return { found: "below", rate_rps: { ...none, high: from_rps, flagged: false }, trials };
    }
    const [low, value, high] = [1 - sure, 0.5, sure].map((one) => this.#belief.quantile(one)) as [
      number,
      number,
      number,
    ];
    const flagged = Math.max(high / value, value / low) > 1 + precision;
    return { found: "between", rate_rps: { value, low, high, n, flagged }, trials };
  }

  /**
   * What the trials say by now. First all of them, over all rates; then those near the limit, the nearer the more, over the rates near it:
   * no curve is right everywhere, and requests are the more alike the higher the load.
   */
  #think(): LoadBelief {
    const { from_rps, to_rps, share } = this.#options;
    const all = this.#trials.map((trial) => ({ ...trial, weight: 1 }));
    let belief = new LoadBelief(all, { from_rps: from_rps / 2, to_rps: to_rps * 2, share });
    if (all.length <= fewest) return belief;
    for (let round = 0; round < 2; round++) {
      const middle = belief.quantile(0.5);
      const distances = all.map(({ rate_rps }) => Math.abs(Math.log(rate_rps / middle)));
      const reach = Math.max(near, distances.toSorted((a, b) => a - b)[fewest - 1]! * 1.5);
      const weighted = all.map((trial, i) => ({
        ...trial,
        weight: Math.max(0, 1 - (distances[i]! / reach) ** 2),
      }));
      belief = new LoadBelief(weighted, {
        from_rps: middle * Math.exp(-reach),
        to_rps: middle * Math.exp(reach),
        share,
      });
    }
    return belief;
  }
}
