/** Where a study goes on after an interruption. */

import type { Plan, PlannedRequest, StudyGap } from "../../core/mod.ts";
import type { AttemptMark } from "../attempt_mark.ts";
import { keysEnded } from "./key_watch.ts";
import { neverReached } from "./outage.ts";

export interface RemainingStudy {
  /** Whether the last attempt of a call failed for an outage, or for ended keys, that was not over when its start of the run ended. */
  failedForAGap(mark: AttemptMark): boolean;
  /** The plan of these requests of it: the first is due at once, the others follow as they would have, within what is left of the duration. */
  goingOn(requests: readonly PlannedRequest[]): Plan;
}

/**
 * How a study goes on. Failures that reached nobody belong to an outage if no answer came after them in their start of the run.
 *
 * @param marks every attempt so far
 * @param gaps as far as they are known: the time of those in which nothing was sent does not count towards the duration
 */
export function remainingStudy(
  { header, requests: whole }: Plan,
  marks: readonly AttemptMark[],
  gaps: readonly StudyGap[],
): RemainingStudy {
  const answered = new Map<string | null, number>();
  const lasted = new Map<string | null, number>();
  for (const mark of marks) {
    const { segment, status, ended_ms } = mark;
    const at = ended_ms ?? 0;
    lasted.set(segment, Math.max(lasted.get(segment) ?? 0, at));
    if (status === "cancelled" || neverReached(mark)) continue;
    answered.set(segment, Math.max(answered.get(segment) ?? -Infinity, at));
  }
  const lost_ms = gaps.reduce(
    (sum, { kind, ms }) => sum + (kind === "network" || kind === "credentials" ? ms : 0),
    0,
  );
  const ran_ms = Math.max(0, [...lasted.values()].reduce((sum, ms) => sum + ms, 0) - lost_ms);
  return {
    failedForAGap: (mark) =>
      keysEnded(mark) ||
      neverReached(mark) && (mark.ended_ms ?? 0) > (answered.get(mark.segment) ?? -Infinity),
    goingOn(requests) {
      const { study } = header;
      if (study === undefined) return { header, requests };
      const due = study.calls_per_minute !== null;
      const passed_ms = due ? whole[whole.length - requests.length]?.due_ms ?? 0 : ran_ms;
      const duration_ms = study.duration_ms === null ? null : Math.max(0, study.duration_ms - passed_ms);
      const first_ms = whole[0]?.due_ms ?? 0;
      return {
        header: { ...header, study: { ...study, duration_ms } },
        // As far apart as the first calls of the plan were: nothing is sent in a burst, whatever is missing.
        requests: due
          ? requests.map((request, k) => ({ ...request, due_ms: (whole[k]?.due_ms ?? 0) - first_ms }))
          : requests,
      };
    },
  };
}
