/** Response times by level: what the capacity plan simulates with. */

import type { LevelTimes } from "../metrics/mod.ts";
import type { AttemptRows } from "./attempt_rows.ts";
import { type Cell, eachCell, release } from "./attempts.ts";
import type { Requests } from "./frame.ts";
import { stableOrder } from "./stable_order.ts";

/** Times kept of a level: more tell its distribution no better. */
const mostTimes = 4000;

/**
 * The response times of the successes of the measure phase, one entry a cell, in the order of the table; of more than 4,000 so many at
 * even distances.
 */
export function serviceTimes(requests: Requests): LevelTimes[] {
  return byFirstRow(eachCell(requests).toArray().flatMap(timesOf));
}

/** Those of one cell, and the row of the table that the first of them is of. */
export interface CellTimes {
  readonly row: number;
  readonly times: LevelTimes;
}

/** In the order in which they first come in the table. */
export function byFirstRow(cells: readonly CellTimes[]): LevelTimes[] {
  return cells.toSorted((a, b) => a.row - b.row).map(({ times }) => times);
}

/** Those of one cell; none without a success. */
export function timesOf({ attempts, experiment_name, payload_file, ...load }: Cell): CellTimes[] {
  const { concurrency, request_rate_rps } = load;
  const successes = attempts.labelled("phase", "measure").labelled("status", "ok");
  const times = attempts.columns.number("response_ms");
  const known = successes.known("response_ms").length;
  if (known === 0) return [];
  const positions = inTableOrder(successes).filter((at) => !Number.isNaN(times[at]));
  const times_ms = Float64Array.from(
    { length: Math.min(known, mostTimes) },
    (_, i) => times[positions[known <= mostTimes ? i : Math.floor(i * known / mostTimes)]!]!,
  );
  const row = attempts.columns.number("row")[positions[0]!]!;
  release(attempts.columns);
  return [{ row, times: { experiment_name, payload_file, concurrency, request_rate_rps, times_ms } }];
}

/** Where these attempts lie in their columns, in the order of the table. */
function inTableOrder(attempts: AttemptRows): Uint32Array {
  const order = stableOrder(attempts.known("row"), new Uint16Array(attempts.length));
  return order.map((i) => attempts.position(i));
}
