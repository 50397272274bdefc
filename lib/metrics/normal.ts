/** The normal distribution and Student's t: what intervals and tests are taken from. */

/** 97.5 % quantile of the standard normal distribution: half of what a 95 % interval spans, in standard errors. */
export const z975 = 1.959963984540054;

/**
 * P(Z <= z) of a standard normal Z, to 1e-15 relative in the tails.
 * Source: M. Abramowitz, I. A. Stegun, Handbook of Mathematical Functions, 26.2.10 (series) and 26.2.14 (continued fraction).
 */
export function normalCdf(z: number): number {
  if (Number.isNaN(z)) return NaN;
  const x = Math.abs(z);
  const density = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  const above = x < 3 ? 0.5 - density * series(x) : density / fraction(x);
  return z > 0 ? 1 - above : above;
}

/** x + x^3/3 + x^5/(3 x 5) + ... */
function series(x: number): number {
  let term = x;
  let sum = x;
  for (let odd = 3; term > 1e-17 * sum; odd += 2) sum += term *= x * x / odd;
  return sum;
}

/** x + 1/(x + 2/(x + 3/(x + ...))) */
function fraction(x: number): number {
  let value = x;
  for (let k = 60; k >= 1; k--) value = x + k / value;
  return value;
}

/** Probability of a standard normal at least as far from 0 as z, on both sides. */
export function twoSided(z: number): number {
  return 2 * normalCdf(-Math.abs(z));
}

/** The z with P(Z <= z) = p, for 0 < p < 1, by bisection and so as exact as `normalCdf`. */
export function normalQuantile(p: number): number {
  let low = -40;
  let high = 40;
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * 97.5 % quantile of Student's t, within 1 % for 3 degrees of freedom and 0.1 % from 5 on; exact for 1 and 2.
 * Degrees between whole numbers are fine; below 1 they count as 1.
 * Source: Handbook of Mathematical Functions, 26.7.5.
 */
export function t975(degrees: number): number {
  if (degrees < 2) return 12.706204736;
  if (degrees < 3) return 4.302652730;
  const z = z975;
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92160,
  ];
  return terms.reduce((sum, term, i) => sum + term / degrees ** (i + 1), z);
}
