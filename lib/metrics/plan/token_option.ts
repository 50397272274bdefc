/** An API that is paid by the token. */

import { type CellSummary, showNumber, type Tariff } from "../../core/mod.ts";
import { tokenCost } from "../cost.ts";
import type { FleetFigures } from "./hourly_option.ts";
import { highestKept, type MeasuredLevel } from "./measured_level.ts";
import { type LatencyLimit, statisticOf } from "./objective.ts";
import type { SettledWorkload } from "./workload.ts";

/** There is nothing to count, and nobody outside knows the limits. */
export function tokenFigures(
  levels: readonly MeasuredLevel[],
  requests_per_minute: number,
  limit: LatencyLimit,
): FleetFigures {
  const closed = levels.filter(({ cell }) => cell.concurrency !== null);
  const { per_minute } = highestKept(closed.length > 0 ? closed : levels, limit);
  const n = levels.reduce((sum, { cell }) => sum + cell.ok, 0);
  const none = { value: null, low: null, high: null, n, flagged: true };
  const kept = per_minute.value;
  const carrying = levels.filter(({ cell }) => (cell.transactions_per_minute ?? 0) >= requests_per_minute)
    .sort((a, b) => a.cell.transactions_per_minute! - b.cell.transactions_per_minute!)[0];
  return {
    measured_per_minute: per_minute,
    capacity_per_minute: none,
    replicas: none,
    other_conditions: { round_robin: null, least_busy: null, bursts: null },
    predicted_latency_ms: carrying === undefined ? null : statisticOf(carrying.times_ms, limit.statistic),
    headroom: null,
    reasons: [
      kept === null
        ? "no measured load kept L"
        : `the provider's rate limits are not known; measured within L: up to ${
          showNumber(kept)
        } requests a minute`,
    ],
  };
}

/** Of the tokens that are asked for, where any are, what is not asked for as measured; else the measured mean. */
export function tokenPriceOf(
  cells: readonly CellSummary[],
  { price }: Extract<Tariff, { basis: "token" }>,
  { workload: { prompt_tokens, output_tokens } }: SettledWorkload,
): number | null {
  const ok = cells.reduce((sum, cell) => sum + cell.ok, 0);
  const mean = (figure: (cell: CellSummary) => number | null) => {
    if (ok === 0 || cells.some((cell) => cell.ok > 0 && figure(cell) === null)) return null;
    return cells.reduce((sum, cell) => sum + (figure(cell) ?? 0) * cell.ok, 0) / ok;
  };
  if (prompt_tokens === null && output_tokens === null) return mean((cell) => cell.cost_per_transaction);
  return tokenCost({
    prompt_tokens: prompt_tokens ?? mean((cell) => cell.prompt_tokens_mean),
    completion_tokens: output_tokens ?? mean((cell) => cell.completion_tokens_mean),
    cached_prompt_tokens: null,
    cache_write_tokens: null,
    reasoning_tokens: null,
  }, price);
}
