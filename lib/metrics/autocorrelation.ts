/** How much less a series of neighbours that resemble each other tells than as many independent samples. */

/** Series are cut into at most so many blocks, and their autocorrelation is taken between blocks. */
const mostBlocks = 16_384;

/** Pairs of lags that are looked at, in blocks. */
const mostPairs = 1000;

/**
 * The variance of the mean of a stationary series over that of as many independent values: 1 + 2 sum of its autocorrelations.
 * At least 1; 1 for a constant series. n divided by it is the effective number of samples.
 *
 * The sum ends where two neighbouring lags together are not positive any more, and pairs never grow (C. J. Geyer, Practical Markov
 * Chain Monte Carlo, Statistical Science 7 (1992), 473-483: the initial monotone sequence, here from lag 1 on). Autocovariances
 * about the mean of the same series add up to 0 and so come out too small: by the fraction of the series that the window covers, which is
 * divided out. More than 16,384 values are added up in blocks first, which leaves the sum as it is and makes a million as fast.
 *
 * @param n how many values
 * @param at the series in the order in which it happened, by position from 0 to n - 1
 */
export function varianceInflation(n: number, at: (position: number) => number): number {
  if (n < 3) return 1;
  const { size, blocks } = blocksOf(n);
  return inflationOf(size, blocks, centredBlocks(size, blocks, at));
}

/**
 * The same for the series of zeros and ones that says which values are at most a limit. A figure has millions of gaps and four
 * percentiles: they are counted, not asked for one by one.
 *
 * @param values in the order in which they happened
 */
export function shareInflation(values: Float64Array, limit: number): number {
  return countedInflation(values.length, (size, counts) => {
    for (let block = 0, i = 0; block < counts.length; block++) {
      let count = 0;
      for (const end = i + size; i < end; i++) if (values[i]! <= limit) count++;
      counts[block] = count;
    }
  });
}

/**
 * The same for values that are counted elsewhere.
 *
 * @param count fills in how many of each block of `size` values are at most the limit; what is left after the last block is left out
 */
export function countedInflation(n: number, count: (size: number, counts: Float64Array) => void): number {
  if (n < 3) return 1;
  const { size, blocks } = blocksOf(n);
  const sums = new Float64Array(blocks);
  count(size, sums);
  const mean = sums.reduce((total, one) => total + one, 0) / (blocks * size);
  for (let block = 0; block < blocks; block++) sums[block]! -= mean * size;
  return inflationOf(size, blocks, { sums, variance: mean * (1 - mean) });
}

function blocksOf(n: number): { size: number; blocks: number } {
  const size = Math.ceil(n / mostBlocks);
  return { size, blocks: Math.floor(n / size) };
}

function inflationOf(
  size: number,
  blocks: number,
  { sums, variance }: ReturnType<typeof centredBlocks>,
): number {
  if (variance <= 0) return 1;
  let total = covariance(sums, 0);
  let least = Infinity;
  let lag = 1;
  const last = Math.min(2 * mostPairs, Math.floor(blocks / 3));
  for (; lag + 1 <= last; lag += 2) {
    const pair = covariance(sums, lag) + covariance(sums, lag + 1);
    if (pair <= 0) break;
    least = Math.min(least, pair);
    total += 2 * least;
  }
  // Not a rounding error above 1: that would cost a rank.
  if (lag === 1 && size === 1) return 1;
  const covered = lag === 1 ? 0 : (2 * lag - 1) / blocks;
  return Math.max(1, total / (size * variance) / (1 - Math.min(0.5, covered)));
}

/** Sums of blocks of `size` values less the mean, and the variance of the single values. */
function centredBlocks(size: number, blocks: number, at: (position: number) => number) {
  const sums = new Float64Array(blocks);
  let sum = 0;
  let squares = 0;
  const used = blocks * size;
  // The first value is taken off everywhere, so that squares of large values that hardly differ don't cancel.
  const origin = at(0);
  for (let i = 0; i < used; i++) {
    const value = at(i) - origin;
    sum += value;
    squares += value * value;
    sums[Math.floor(i / size)]! += value;
  }
  const mean = sum / used;
  for (let block = 0; block < blocks; block++) sums[block]! -= mean * size;
  return { sums, variance: squares / used - mean * mean };
}

function covariance(centred: Float64Array, lag: number): number {
  let sum = 0;
  for (let i = lag; i < centred.length; i++) sum += centred[i]! * centred[i - lag]!;
  return sum / centred.length;
}
