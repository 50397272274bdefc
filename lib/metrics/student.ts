/** Student's t distribution. */

import { logGamma } from "./log_gamma.ts";

/**
 * P(T <= t) of Student's t, to 1e-10. Degrees of freedom between whole numbers are fine.
 * Source: M. Abramowitz, I. A. Stegun, Handbook of Mathematical Functions, 26.7.1 and 26.5.2; the incomplete beta function by its continued
 * fraction, 26.5.8.
 *
 * @param degrees above 0
 */
export function studentCdf(t: number, degrees: number): number {
  if (t === 0) return 0.5;
  const above = 0.5 * incompleteBeta(degrees / 2, 0.5, degrees / (degrees + t * t));
  return t > 0 ? 1 - above : above;
}

/** I_x(a, b), 0 <= x <= 1. */
function incompleteBeta(a: number, b: number, x: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // Beyond its mean the fraction converges badly; there the complement's does well.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(b, a, 1 - x);
  const factor = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x);
  return Math.exp(factor) / (a * fraction(a, b, x));
}

/** 1 + d1/(1 + d2/(1 + ...)), from its far end. */
function fraction(a: number, b: number, x: number): number {
  let value = 1;
  for (let m = 100; m >= 1; m--) {
    value = 1 + m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)) / value;
    value = 1 - (a + m - 1) * (a + b + m - 1) * x / ((a + 2 * m - 2) * (a + 2 * m - 1)) / value;
  }
  return value;
}
