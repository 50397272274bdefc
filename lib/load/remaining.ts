/** What of a plan is still to be sent, after an interruption. */

import type { LevelEnd, Plan, RequestRecord, RetryPolicy } from "../core/mod.ts";
import { isSpared } from "./level_ends.ts";

/**
 * The part of a plan that has no final outcome yet: requests that no journal names, requests whose last attempt was
 * cancelled, and those that were cut off while they waited for another attempt (their retries are counted anew). What ended,
 * well or badly, is never sent again, and what a stop rule left unsent never at all.
 *
 * @param records of all journals of the run
 * @param ends the levels that are over
 */
export function remainingPlan(
  plan: Plan,
  records: Iterable<RequestRecord>,
  ends: ReadonlyMap<number, LevelEnd> = new Map(),
): Plan {
  const last = new Map<string, RequestRecord>();
  for (const record of records) {
    const known = last.get(record.request_id ?? "");
    if (known === undefined || known.attempt! < (record.attempt ?? 1)) {
      last.set(record.request_id ?? "", record);
    }
  }
  const requests = plan.requests.flatMap((request) => {
    if (isSpared(request, ends)) return [];
    const earlier = last.get(request.request_id);
    if (earlier === undefined) return [request];
    const { retry } = plan.header.levels[request.level]!;
    return isFinal(earlier, retry) ? [] : [{ ...request, attempts_before: earlier.attempt ?? 1 }];
  });
  return { header: plan.header, requests };
}

/** Whether an attempt is a request's last by the policy. */
function isFinal({ status, error_kind, attempt }: RequestRecord, retry: RetryPolicy): boolean {
  if (status === "cancelled") return false;
  const worthIt = status === "error" && retry.on.some((kind) => kind === error_kind);
  return !worthIt || (attempt ?? 1) >= retry.attempts;
}
