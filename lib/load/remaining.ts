/** What of a plan is still to be sent, after an interruption. */

import type { LevelEnd, Plan, PlannedRequest, RetryPolicy, StudyGap } from "../core/mod.ts";
import type { AttemptMark } from "./attempt_mark.ts";
import { isSpared } from "./level_ends.ts";
import { remainingStudy } from "./study/remaining_study.ts";

/**
 * The part of a plan that has no final outcome yet: requests that no journal names, requests whose last attempt was
 * cancelled, and those that were cut off while they waited for another attempt (their retries are counted anew). What ended,
 * well or badly, is never sent again, and what a stop rule left unsent never at all. A study goes on where it was: see
 * `remainingStudy`.
 *
 * @param records of all journals of the run
 * @param ends the levels that are over
 * @param gaps of a study, as far as they are known. @default none
 */
export function remainingPlan(
  plan: Plan,
  records: Iterable<AttemptMark>,
  ends: ReadonlyMap<number, LevelEnd> = new Map(),
  gaps: readonly StudyGap[] = [],
): Plan {
  const marks = plan.header.study === undefined ? records : [...records];
  const last = new Map<string, AttemptMark>();
  for (const mark of marks) {
    const known = last.get(mark.request_id ?? "");
    if (known === undefined || known.attempt! < (mark.attempt ?? 1)) last.set(mark.request_id ?? "", mark);
  }
  const study = plan.header.study === undefined ? null : remainingStudy(plan, [...marks], gaps);
  const requests = plan.requests.flatMap((request): PlannedRequest[] => {
    if (isSpared(request, ends)) return [];
    const earlier = last.get(request.request_id);
    if (earlier === undefined) return [request];
    const { retry } = plan.header.levels[request.level]!;
    const final = isFinal(earlier, retry) && !study?.failedForAGap(earlier);
    return final ? [] : [{ ...request, attempts_before: earlier.attempt ?? 1 }];
  });
  return study === null ? { header: plan.header, requests } : study.goingOn(requests);
}

/** Whether an attempt is a request's last by the policy. */
function isFinal({ status, error_kind, attempt }: AttemptMark, retry: RetryPolicy): boolean {
  if (status === "cancelled") return false;
  const worthIt = status === "error" && retry.on.some((kind) => kind === error_kind);
  return !worthIt || (attempt ?? 1) >= retry.attempts;
}
