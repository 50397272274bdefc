/** What one load level of an experiment told about its replica. */

import { type CellSummary, type Estimate, loadOf } from "../../core/mod.ts";
import { highestLoad } from "../highest_load.ts";
import { wilson } from "../proportion.ts";
import { type LatencyLimit, statisticOf, statisticRank } from "./objective.ts";

/** Response times of one cell's successes. */
export interface LevelTimes {
  readonly experiment_name: string;
  readonly payload_file: string;
  readonly concurrency: number | null;
  readonly request_rate_rps: number | null;
  /** Milliseconds, in the order of the records. */
  readonly times_ms: Float64Array;
}

/** A cell with its times. */
export interface MeasuredLevel {
  readonly cell: CellSummary;
  readonly times_ms: Float64Array;
}

const unknown = { value: null, low: null, high: null, n: 0, flagged: true } as const;

/**
 * The highest load of some levels, all closed or all open, that kept the limit: as it was sent (requests in flight, or
 * arrivals a second) and in requests a minute that got through. A percentile is kept when so many of the finished requests
 * were within the limit; failed ones were not.
 */
export function highestKept(
  levels: readonly MeasuredLevel[],
  limit: LatencyLimit,
): { readonly load: Estimate; readonly per_minute: Estimate; readonly isHighest: boolean } {
  const rank = statisticRank[limit.statistic];
  if (rank !== null) {
    const found = highestLoad(
      levels.map(({ cell, times_ms }) => {
        const within = times_ms.reduce((sum, time) => sum + (time <= limit.limit_ms ? 1 : 0), 0);
        const good = times_ms.length === 0 ? 0 : Math.round(within / times_ms.length * cell.ok);
        return { ...cell, goodput: { per_minute: null, share: wilson(good, cell.ok + cell.errors) } };
      }),
      { share: rank / 1000 },
    );
    return {
      load: found.load,
      per_minute: found.transactions_per_minute,
      isHighest: found.found === "at_least",
    };
  }
  const ordered = [...levels].sort((a, b) => loadOf(a.cell) - loadOf(b.cell));
  const missed = ordered.findIndex(({ times_ms }) =>
    (statisticOf(times_ms, limit.statistic) ?? Infinity) > limit.limit_ms
  );
  const kept = missed === -1 ? ordered : ordered.slice(0, missed);
  const cell = kept.at(-1)?.cell;
  if (cell === undefined) return { load: unknown, per_minute: unknown, isHighest: false };
  const at = (value: number | null) => ({ ...unknown, value, n: cell.ok });
  return {
    load: at(loadOf(cell)),
    per_minute: at(cell.transactions_per_minute),
    isHighest: missed === -1,
  };
}
