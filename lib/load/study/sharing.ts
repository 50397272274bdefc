/** A study in several processes: users' own modules each have one of their own. */

import type { Plan, StudySchedule } from "../../core/mod.ts";

/**
 * The plans of the squads of a study, each with its share of `parallel_calls`, by the calls that it makes, and of every quota that it
 * has a part in, in equal parts; at least 1 of each. Calls of one block that belong to different squads are made at their due times,
 * but without those not one right after the other.
 */
export function sharedStudy(plans: readonly Plan[]): Plan[] {
  const total = plans.reduce((sum, { requests }) => sum + requests.length, 0);
  const levels = plans.map(({ requests }) => new Set(requests.map(({ level }) => level)));
  return plans.map((plan, i) => {
    const { study } = plan.header;
    if (study === undefined || plans.length === 1) return plan;
    const parallel_calls = Math.max(
      1,
      Math.floor(study.parallel_calls * plan.requests.length / Math.max(1, total)),
    );
    const quotas = study.quotas.map((quota): StudySchedule["quotas"][number] => {
      const sharers = Math.max(
        1,
        levels.filter((own) => quota.levels.some((level) => own.has(level))).length,
      );
      const part = (limit: number | null) => limit === null ? null : Math.max(1, Math.floor(limit / sharers));
      return {
        levels: quota.levels.filter((level) => levels[i]!.has(level)),
        requests_per_minute: part(quota.requests_per_minute),
        tokens_per_minute: part(quota.tokens_per_minute),
      };
    });
    return { ...plan, header: { ...plan.header, study: { ...study, parallel_calls, quotas } } };
  });
}
