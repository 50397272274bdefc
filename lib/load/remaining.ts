/** What of a plan is still to be sent, after an interruption. */

import type { LevelEnd, Plan, RequestRecord } from "../core/mod.ts";
import { isSpared } from "./level_ends.ts";

/**
 * The part of a plan that has no final outcome yet: requests that no journal names, and requests whose last attempt was
 * cancelled. What ended, well or badly, is never sent again, and what a stop rule left unsent never at all.
 *
 * @param records of all journals of the run
 * @param ends the levels that are over
 */
export function remainingPlan(
  plan: Plan,
  records: Iterable<RequestRecord>,
  ends: ReadonlyMap<number, LevelEnd> = new Map(),
): Plan {
  const last = new Map<string, { attempt: number; final: boolean }>();
  for (const { request_id, attempt, status } of records) {
    const known = last.get(request_id ?? "");
    if (known !== undefined && known.attempt >= (attempt ?? 1)) continue;
    last.set(request_id ?? "", { attempt: attempt ?? 1, final: status !== "cancelled" });
  }
  const requests = plan.requests
    .filter((request) => !last.get(request.request_id)?.final && !isSpared(request, ends))
    .map((request) => {
      const earlier = last.get(request.request_id);
      return earlier === undefined ? request : { ...request, attempts_before: earlier.attempt };
    });
  return { header: plan.header, requests };
}
