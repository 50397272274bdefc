/** Which worker sends what. */

import type { Level, Plan, PlannedRequest } from "../core/mod.ts";

/**
 * In open loop, requests that are due so close together have one sender: between two of them lies what a wake-up differs from
 * the next, a quarter of a millisecond, which would bend gaps that are not much longer.
 */
const together_ms = 2;
/** A block ends with so many, so that a high rate is shared evenly. */
const longestBlock = 16;

/**
 * Shares a plan out among workers: closed loops by slot, open loops in blocks of requests that are due together. Each part
 * keeps the whole header, but for its share of `max_in_flight`; a worker that has nothing to send in a level has no requests
 * there.
 */
export function shardPlan(plan: Plan, workers: number): Plan[] {
  if (!Number.isInteger(workers) || workers < 1) {
    throw new RangeError(`Cannot share a plan among ${workers} workers: expected a positive integer`);
  }
  const dealers = plan.header.levels.map((level) =>
    level.concurrency === null ? dealerInBlocks(sharersOf(level, workers)) : dealerBySlot(workers)
  );
  const shares: PlannedRequest[][] = Array.from({ length: workers }, () => []);
  for (const request of plan.requests) shares[dealers[request.level]!(request)]!.push(request);
  return shares.map((requests, worker) => ({
    header: {
      ...plan.header,
      levels: plan.header.levels.map((level) => ({
        ...level,
        max_in_flight: level.max_in_flight === null
          ? null
          : capOf(level.max_in_flight, worker, sharersOf(level, workers)),
      })),
    },
    requests,
  }));
}

type Dealer = (request: PlannedRequest) => number;

function dealerBySlot(workers: number): Dealer {
  return ({ slot }) => slot % workers;
}

/** Takes requests in the order of their due times. */
function dealerInBlocks(workers: number): Dealer {
  let block = -1;
  let length = 0;
  let last_ms = -Infinity;
  return ({ due_ms }) => {
    if (due_ms! - last_ms >= together_ms || length === longestBlock) {
      block++;
      length = 0;
    }
    length++;
    last_ms = due_ms!;
    return block % workers;
  };
}

/** How many workers a cap leaves something to do for. */
function sharersOf({ max_in_flight }: Level, workers: number): number {
  return Math.min(workers, max_in_flight ?? workers);
}

/** A worker's part of a cap: as even as whole numbers are, and never 0, which nobody asks for. */
function capOf(cap: number, worker: number, sharers: number): number {
  return Math.max(1, Math.floor(cap / sharers) + (worker < cap % sharers ? 1 : 0));
}
