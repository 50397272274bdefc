/** What trials at several rates say about the rate that just keeps the objectives. */

import { logGamma } from "./log_gamma.ts";

/** What came of sending at a rate for a while. */
export interface Trial {
  readonly rate_rps: number;
  /** Finished requests that met every objective, of all that finished; failures are finished. */
  readonly good: number;
  readonly finished: number;
}

/** A trial, and how much it counts. */
export interface WeightedTrial extends Trial {
  /** 0 to 1. */
  readonly weight: number;
}

/** Fall of the log-odds over log rate: 3 is an endpoint that gets worse by and by, 1,500 one that falls off a cliff. */
const slopes = [3, 6, 12, 20, 32, 50, 100, 300, 1500];

/** How alike the requests of one trial are: their pairwise correlation. Late ones come in bursts. */
const likenesses = [0.0005, 0.003, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3];

/** Log-odds beyond this are as good as certain. */
const certain = 30;

/** Candidates for the limit, evenly over the log of the rate. */
const candidates = 60;

/**
 * The posterior distribution of the limit between two rates. The share of good requests falls along a logistic curve over the log of the
 * rate; what is good in one trial scatters about it as a beta-binomial variate, so that a trial of many requests which wait
 * behind each other counts for fewer. Limit, slope and likeness are unknown; before the first trial each candidate of each
 * is as likely as the others.
 */
export class LoadBelief {
  readonly #first: number;
  readonly #spacing: number;
  /** Probability of each candidate. */
  readonly #mass: Float64Array;

  constructor(
    trials: readonly WeightedTrial[],
    { from_rps, to_rps, share }: { from_rps: number; to_rps: number; share: number },
  ) {
    this.#first = Math.log(from_rps);
    this.#spacing = Math.log(to_rps / from_rps) / (candidates - 1);
    this.#mass = new Float64Array(candidates);
    const logs = new Float64Array(candidates * slopes.length * likenesses.length);
    const odds = Math.log(share / (1 - share));
    for (const trial of trials) if (trial.weight > 0) this.#learn(logs, trial, odds);
    const most = logs.reduce((a, b) => Math.max(a, b), -Infinity);
    const total = logs.reduce((sum, one) => sum + Math.exp(one - most), 0);
    const each = slopes.length * likenesses.length;
    for (const [i, one] of logs.entries()) this.#mass[Math.floor(i / each)]! += Math.exp(one - most) / total;
  }

  /** Adds the log-likelihoods of a trial, by limit, slope and likeness, the last running fastest. */
  #learn(logs: Float64Array, { rate_rps, good, finished, weight }: WeightedTrial, odds: number): void {
    const at = Math.log(rate_rps);
    const sizes = likenesses.map((likeness) => (1 - likeness) / likeness);
    const fixed = sizes.map((size) => logGamma(size) - logGamma(finished + size));
    let i = 0;
    for (let candidate = 0; candidate < candidates; candidate++) {
      const distance = at - (this.#first + candidate * this.#spacing);
      for (const slope of slopes) {
        const z = Math.min(certain, Math.max(-certain, odds - slope * distance));
        const [yes, no] = [1 / (1 + Math.exp(-z)), 1 / (1 + Math.exp(z))];
        for (const [j, size] of sizes.entries()) {
          logs[i++]! += weight * (fixed[j]! +
            logGamma(good + yes * size) - logGamma(yes * size) +
            logGamma(finished - good + no * size) - logGamma(no * size));
        }
      }
    }
  }

  /** The rate below which the limit lies with this probability. */
  quantile(probability: number): number {
    let below = 0;
    for (const [i, one] of this.#mass.entries()) {
      if (below + one >= probability) {
        return Math.exp(this.#first + this.#spacing * (i + (probability - below) / one - 0.5));
      }
      below += one;
    }
    return Math.exp(this.#first + this.#spacing * (candidates - 1));
  }

  /** Probability that the limit is below a rate. */
  below(rate: number): number {
    const at = (Math.log(rate) - this.#first) / this.#spacing;
    return this.#mass.reduce((sum, one, i) => sum + one * Math.min(1, Math.max(0, at - i + 0.5)), 0);
  }
}
