/** The logarithm of the gamma function. */

/**
 * ln Γ(x) for x > 0, to 1e-10 absolute below 1,000: Stirling's series from 8 on, and Γ(x + 1) = x Γ(x) below.
 * Source: Handbook of Mathematical Functions, 6.1.41.
 */
export function logGamma(x: number): number {
  let product = 1;
  let at = x;
  while (at < 8) product *= at++;
  const inverse = 1 / (at * at);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / at;
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}
