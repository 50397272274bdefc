/** Which of n sorted samples enclose a percentile: distribution-free intervals by order statistics. */

/** Ranks from 1 to n; null: no sample is far enough out, that end of the interval is open. */
export interface RankInterval {
  readonly low: number | null;
  readonly high: number | null;
}

/** Probability left out at each end of a 95 % interval. */
const tail = 0.025;

/** Terms below this fraction of the largest change no probability that is compared with `tail`. */
const negligible = 1e-20;

/**
 * The same among n samples that tell as much as n / inflation independent ones (`varianceInflation`): the ranks among that many,
 * rounded down, stretched over all n. With an inflation of 1 nothing changes; the upper end is open until n / inflation reaches
 * 6, 36, 72, 368, 3,688.
 * Source: the interval of R. S. Woodruff, Journal of the American Statistical Association 47 (1952), 635-646, with binomial ranks.
 */
export function inflatedRankInterval(n: number, perMille: number, inflation: number): RankInterval {
  const independent = Math.max(Math.min(n, 1), Math.floor(n / inflation));
  const { low, high } = rankInterval(independent, perMille);
  return {
    low: low === null ? null : Math.floor((low - 1) * n / independent) + 1,
    high: high === null ? null : Math.ceil(high * n / independent),
  };
}

/**
 * Ranks of the order statistics that enclose a percentile with at least 95 % confidence, at most 2.5 % left out at
 * each end, whatever the distribution of the samples.
 *
 * With B ~ Binomial(n, p) the number of samples below the percentile, `low` is the greatest rank l with
 * P(B <= l - 1) <= 0.025 and `high` the least rank u with P(B >= u) <= 0.025. The upper end exists when p^n <= 0.025:
 * from n = 6, 36, 72, 368 and 3,688 on for p50, p90, p95, p99 and p99.9.
 * Source: H. A. David and H. N. Nagaraja, Order Statistics, 3rd edition, section 7.1.
 *
 * @param n number of samples, at least 0
 * @param perMille the percentile in thousandths, 1 to 999: 950 is p95
 */
export function rankInterval(n: number, perMille: number): RankInterval {
  if (n < 1) return { low: null, high: null };
  const { first, weights, total } = binomialWeights(n, perMille);

  let below = 0;
  let low: number | null = first > 0 ? first : null;
  for (const [i, weight] of weights.entries()) {
    below += weight;
    if (below > tail * total) break;
    low = first + i + 1;
  }

  let above = 0;
  const last = first + weights.length - 1;
  let high: number | null = last < n ? last + 1 : null;
  for (let i = weights.length - 1; i >= 0; i--) {
    above += weights[i]!;
    if (above > tail * total) break;
    high = first + i;
  }
  return { low, high };
}

/**
 * Binomial probabilities relative to the largest, for the counts that matter. Walking outwards from the mode needs no
 * factorials: nothing overflows, and the work grows with the square root of n.
 */
function binomialWeights(n: number, perMille: number): { first: number; weights: number[]; total: number } {
  const odds = perMille / (1000 - perMille);
  const mode = Math.min(n, Math.floor(((n + 1) * perMille) / 1000));
  const downwards: number[] = [];
  for (let k = mode, weight = 1; k > 0;) {
    weight *= k / ((n - k + 1) * odds);
    if (weight < negligible) break;
    downwards.push(weight);
    k--;
  }
  const upwards: number[] = [];
  for (let k = mode, weight = 1; k < n;) {
    weight *= ((n - k) * odds) / (k + 1);
    if (weight < negligible) break;
    upwards.push(weight);
    k++;
  }
  const weights = [...downwards.reverse(), 1, ...upwards];
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return { first: mode - downwards.length, weights, total };
}
