/** How many requests it takes to see a difference, and how small a difference the present ones can show. */

import type { Estimate, Interval } from "../core/mod.ts";
import { standardError } from "./change.ts";
import { normalQuantile, z975 } from "./normal.ts";

/** A comparison that was made: what both sides measured of each cell. */
export interface Pilot {
  readonly shift: Interval;
  /** Samples behind each cell on each side. */
  readonly sides: readonly { readonly from: Estimate; readonly to: Estimate }[];
}

/** The spread of a pilot is a sample itself; where it came out small, so does the size. Measured: this keeps the power. */
const allowance = 1.1;

const standardErrors = (power: number) => z975 + normalQuantile(power);

/**
 * The samples that each side needs in each cell for a true relative change of `effect` to be found (two-sided, 5 %) with this
 * probability: 1.1 n (z_0.975 + z_power)^2 (SE / ln(1 + effect))^2, n being the harmonic mean of the pilot's samples and SE the standard
 * error of its shift, which falls with the root of n. It takes the pilot's autocorrelation and spread for those to come.
 * null where the pilot's interval is open.
 *
 * @param effect a relative change: 0.05 is 5 %
 */
export function sampleSizeFor(pilot: Pilot, effect: number, power = 0.8): number | null {
  const error = standardError(pilot.shift);
  if (error === null || pilot.sides.length === 0) return null;
  const counts = pilot.sides.flatMap(({ from, to }) => [from.n, to.n]);
  const n = counts.length / counts.reduce((sum, count) => sum + 1 / count, 0);
  return Math.ceil(allowance * n * (standardErrors(power) * error / Math.log1p(effect)) ** 2);
}

/** The least relative change that the present samples find with this probability; null where the interval is open. */
export function smallestDetectable(shift: Interval, power = 0.8): number | null {
  const error = standardError(shift);
  return error === null ? null : Math.expm1(standardErrors(power) * error);
}
