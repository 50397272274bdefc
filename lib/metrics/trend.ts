/** Whether a series goes up or down, for samples that are not independent. */

export interface Trend {
  /** Change from the first to the last sample along the fitted line, relative to the mean of all. */
  readonly change: number;
  /** A change beyond this, up or down, is more than noise: seen by chance once in 100 series without a trend. */
  readonly noise: number;
}

/** 99 % point of the statistic below for a level series, by simulation: 60,000 series each of 50, 100 and 300 samples. */
const critical = 12.2;

/** With fewer samples a line says nothing. */
const fewest = 20;

/**
 * The straight line through a series by least squares, with a test that needs no knowledge of how alike neighbours are: the noise
 * is taken from the partial sums of the residuals, so that one slow request that holds up the next ones counts as one event.
 * null under 20 samples, or when their mean is 0.
 * Source: N. M. Kiefer, T. J. Vogelsang, H. Bunzel, Simple robust testing of regression hypotheses, Econometrica 68 (2000).
 */
export function trendOf(values: ArrayLike<number>): Trend | null {
  const n = values.length;
  if (n < fewest) return null;
  const middle = (n - 1) / 2;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i]!;
  const mean = sum / n;
  if (mean === 0) return null;
  let product = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    product += (i - middle) * (values[i]! - mean);
    squares += (i - middle) ** 2;
  }
  const slope = product / squares;
  let partial = 0;
  let spread = 0;
  for (let i = 0; i < n; i++) {
    partial += (i - middle) * (values[i]! - mean - slope * (i - middle));
    spread += partial * partial;
  }
  const scale = (n - 1) / Math.abs(mean);
  return { change: slope * scale, noise: critical * Math.sqrt(spread / n) / squares * scale };
}
