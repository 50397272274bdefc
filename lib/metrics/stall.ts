/** Answers that stopped in the middle. */

import type { RequestRecord } from "../core/mod.ts";
import { quantile, sorted } from "./percentile.ts";
import { numbersOf, type Sequence } from "./sequence.ts";

export type StallAttempt = Pick<RequestRecord, "itl_p50_ms" | "itl_max_ms">;

/** A pause that a reader notices as one: J. Nielsen, Usability Engineering, 1993, section 5.5. */
const noticed_ms = 1000;

/** Ten usual gaps: a model that is slow throughout does not stall. */
const unusual = 10;

/**
 * The gap between two chunks from which on it counts as a stall, in milliseconds: a second, or ten times the cell's usual gap (the
 * median of its answers' medians) where that is longer.
 */
export function stallLimit(successes: Sequence<StallAttempt>): number {
  const medians = numbersOf(successes, ({ itl_p50_ms }) => itl_p50_ms);
  return Math.max(noticed_ms, unusual * (quantile(sorted(medians), 500) ?? 0));
}

/** Successes with a gap beyond that limit. The wait for the first token is no gap: TTFT has it. */
export function countStalled(successes: Sequence<StallAttempt>): number {
  const limit = stallLimit(successes);
  let stalled = 0;
  for (const { itl_max_ms } of successes) if (itl_max_ms !== null && itl_max_ms > limit) stalled++;
  return stalled;
}
