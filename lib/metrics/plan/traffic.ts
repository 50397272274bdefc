/** The random numbers of a fleet's simulation, drawn once: every fleet is then held against the same traffic. */

import { type Random, seededRandom } from "../../core/mod.ts";

/** So many requests to come. Arrays of one length. */
export interface Traffic {
  /** Gaps between arrivals, mean 1. */
  readonly gaps: Float64Array;
  /** For each request, which of the measured service times it takes: uniform in [0, 1), 0 is the shortest. */
  readonly ranks: Float64Array;
  /** For each request, what chance hands it out by: uniform in [0, 1). */
  readonly routes: Float64Array;
}

/**
 * Squared coefficient of variation of the gaps in bursts: 1 is Poisson. With 4, as in `burstiness: 0.25` of an open loop, one
 * gap in three is shorter than a hundredth of the mean, and long ones come between.
 */
export const burstVariation = 4;

/** Traffic by a Poisson process, and in bursts (gamma gaps) that differ in nothing else. */
export interface TrafficPair {
  readonly poisson: Traffic;
  readonly bursts: Traffic;
}

export function drawTraffic(requests: number, seed: number): TrafficPair {
  const draw = (name: string, next: (random: Random) => number) => {
    const random = seededRandom(seed, ["capacity plan", name]);
    return Float64Array.from({ length: requests }, () => next(random));
  };
  const ranks = draw("ranks", (random) => random.next());
  const routes = draw("routes", (random) => random.next());
  const shape = 1 / burstVariation;
  return {
    poisson: { gaps: draw("gaps", (random) => random.exponential(1)), ranks, routes },
    bursts: { gaps: draw("bursts", (random) => gamma(shape, random) / shape), ranks, routes },
  };
}

/** The first so many requests of some traffic. */
export function beginning({ gaps, ranks, routes }: Traffic, requests: number): Traffic {
  return {
    gaps: gaps.subarray(0, requests),
    ranks: ranks.subarray(0, requests),
    routes: routes.subarray(0, requests),
  };
}

/**
 * A gamma variate of a shape below 1 and scale 1.
 * Source: J. H. Ahrens and U. Dieter, Computer methods for sampling from gamma, beta, Poisson and binomial distributions,
 * Computing 12 (1974), algorithm GS.
 */
function gamma(shape: number, random: Random): number {
  const edge = 1 + shape / Math.E;
  for (;;) {
    const p = edge * random.next();
    if (p <= 1) {
      const x = p ** (1 / shape);
      if (random.next() <= Math.exp(-x)) return x;
    } else {
      const x = -Math.log((edge - p) / shape);
      if (random.next() <= x ** (shape - 1)) return x;
    }
  }
}
