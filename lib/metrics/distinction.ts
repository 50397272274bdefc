/** Whether intervals show that one option is better than another. */

import type { CellSummary, Ends, Estimate, Interval } from "../core/mod.ts";
import { z975 } from "./normal.ts";

/**
 * The difference a - b with its 95 % interval, from the intervals of two independent figures:
 * low = a - b - sqrt((a - a.low)^2 + (b.high - b)^2), high likewise. Intervals need not be symmetric. An end is null
 * (open) where one that it is made of is.
 * Source: G. Y. Zou, A. Donner, Statistics in Medicine 27 (2008), 1693-1702.
 */
export function difference(a: Interval, b: Interval): Interval {
  const value = a.value - b.value;
  return {
    value,
    low: a.low === null || b.high === null ? null : value - Math.hypot(a.value - a.low, b.high - b.value),
    high: a.high === null || b.low === null ? null : value + Math.hypot(a.high - a.value, b.value - b.low),
  };
}

/** What the interval of a cost rests on. */
export type CostFigures = Pick<
  CellSummary,
  "cost_per_transaction" | "cost_basis" | "concurrency" | "response_mean_ms" | "ok"
>;

/**
 * The 95 % interval of the cost of a transaction; null without a price.
 *
 * Tokens: what the prompts of the workload cost; all options are sent the same, so both ends are the cost. Instance: its price
 * over its throughput, and so as uncertain as that. In closed loop N requests are in flight all the time and throughput is
 * N / mean response time (Little's law): the interval is that of the mean, in proportion. In open loop the n successes
 * are counted in a fixed time: cost x n / (n +/- z sqrt(n)), open above up to n = 3.
 */
export function costInterval(of: CostFigures): Ends | null {
  const { cost_per_transaction: cost, cost_basis, concurrency, response_mean_ms: mean, ok } = of;
  if (cost === null) return null;
  if (cost_basis !== "instance") return { low: cost, high: cost };
  if (concurrency === null) {
    const spread = z975 * Math.sqrt(ok);
    return {
      low: ok === 0 ? null : cost * ok / (ok + spread),
      high: ok <= spread ? null : cost * ok / (ok - spread),
    };
  }
  const part = (end: number | null) => end === null || !mean.value ? null : cost * end / mean.value;
  return { low: part(mean.low), high: part(mean.high) };
}

/**
 * Whether a cell is shown to be worse than another one: dearer, slower by what the latency budget judges, or less often
 * right, each at 95 %. What is not known of one of the two shows nothing. Loads of one experiment that is paid by the token
 * cost the same: they differ only by the answers that happened to come.
 */
export function isShownWorse(cell: CellSummary, than: CellSummary): boolean {
  return isShownDearer(cell, than) ||
    isShownMore(known(cell.latency_ms), known(than.latency_ms)) ||
    isShownLessRight(cell, than);
}

/** Whether the cost of a transaction is shown to be higher. */
export function isShownDearer(cell: CellSummary, than: CellSummary): boolean {
  const same = cell.cost_basis === "token" && cell.experiment_name === than.experiment_name;
  return !same && isShownMore(costOf(cell), costOf(than));
}

/** Whether the answers are shown to be less often right. */
export function isShownLessRight(cell: CellSummary, than: CellSummary): boolean {
  return isShownMore(known(than.accuracy), known(cell.accuracy));
}

/** Whether what the latency budget judges is shown to be lower. */
export function isShownFaster(cell: CellSummary, than: CellSummary): boolean {
  return isShownMore(known(than.latency_ms), known(cell.latency_ms));
}

function isShownMore(a: Interval | null, b: Interval | null): boolean {
  if (a === null || b === null) return false;
  const { low } = difference(a, b);
  return low !== null && low > 0;
}

function known(estimate: Estimate | null): Interval | null {
  return estimate === null || estimate.value === null ? null : { ...estimate, value: estimate.value };
}

function costOf({ cost_per_transaction: value, cost_interval }: CellSummary): Interval | null {
  return value === null || cost_interval === null ? null : { ...cost_interval, value };
}
