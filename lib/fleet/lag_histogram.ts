/** Send lags of a fleet without their rows: counted where they arise, added up by the controller. */

/** How often, by the number of the bucket. */
export type LagCounts = Readonly<Record<number, number>>;

/** Of a few microseconds nothing is told apart; beyond, a bucket reaches 2 % further than it begins. */
const finest_ms = 0.005;
const growth = 1.02;

/** A figure read off the buckets is within this part of the true one. */
export const lagError = (growth - 1) / 2;

const field = '"send_lag_ms":';

/** Counts the lags in lines of a journal. Rows without one (nothing was due) are passed over. */
export function lagsIn(lines: string): LagCounts {
  const counts: Record<number, number> = {};
  for (let at = lines.indexOf(field); at >= 0; at = lines.indexOf(field, at + 1)) {
    const lag = Number.parseFloat(lines.slice(at + field.length, at + field.length + 24));
    if (!Number.isFinite(lag)) continue;
    const bucket = bucketOf(lag);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return counts;
}

/** All of them together. */
export function addLags(all: readonly LagCounts[]): LagCounts {
  const sum: Record<number, number> = {};
  for (const counts of all) {
    for (const [bucket, count] of Object.entries(counts)) {
      sum[Number(bucket)] = (sum[Number(bucket)] ?? 0) + count;
    }
  }
  return sum;
}

export interface LagFigures {
  readonly n: number;
  /** In milliseconds, each within `lagError` of the true one, or within 0.005 ms. null: fewer samples than the percentile takes. */
  readonly p50_ms: number | null;
  readonly p99_ms: number | null;
  readonly max_ms: number | null;
}

export function lagFigures(counts: LagCounts): LagFigures {
  const buckets = Object.entries(counts).map(([bucket, count]) => [Number(bucket), count] as const)
    .sort(([a], [b]) => a - b);
  const n = buckets.reduce((sum, [, count]) => sum + count, 0);
  const at = (rank: number) => {
    let below = 0;
    for (const [bucket, count] of buckets) {
      below += count;
      if (below >= rank) return middleOf(bucket);
    }
    return null;
  };
  return {
    n,
    p50_ms: n < 2 ? null : at(Math.ceil(n / 2)),
    p99_ms: n < 100 ? null : at(Math.ceil(n * 0.99)),
    max_ms: at(n),
  };
}

function bucketOf(lag_ms: number): number {
  return lag_ms < finest_ms ? 0 : 1 + Math.floor(Math.log(lag_ms / finest_ms) / Math.log(growth));
}

function middleOf(bucket: number): number {
  return bucket === 0 ? 0 : finest_ms * growth ** (bucket - 1) * (1 + lagError);
}
