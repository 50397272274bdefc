/** Which requests are sent by processes of their own, and which rights those have. */

import type { Level, Plan, PlannedRequest } from "../core/mod.ts";
import { ownModuleOf } from "../predict/mod.ts";
import type { ClockChoice } from "../transport/mod.ts";

/** Processes with the same rights, and what they send. */
export interface Squad {
  /** The levels whose requests they send: what those need, they may. */
  readonly levels: readonly Level[];
  /** All levels, so that every process keeps the same order, but only this squad's requests. */
  readonly plan: Plan;
  readonly clock: ClockChoice;
  /** The user's module that runs in them; null: only this program's own code does. */
  readonly module: string | null;
}

/**
 * Our own protocols share one squad. Every experiment that is asked through a user's module has one of its own, which may reach
 * that experiment's endpoint alone and keeps the user clock: the kernel's needs rights that end every other one.
 */
export function squadsOf(plan: Plan, clock: ClockChoice): Squad[] {
  const groups = Map.groupBy(
    plan.header.levels,
    ({ endpoint }) => ownModuleOf(endpoint) && endpoint.experiment_name,
  );
  const sent = new Set(plan.requests.map(({ level }) => level));
  const squads: Squad[] = [];
  for (const levels of groups.values()) {
    const module = ownModuleOf(levels[0]!.endpoint);
    const requests = plan.requests.filter(belongsTo(levels));
    squads.push({
      levels: levels.filter(({ level }) => sent.has(level)),
      plan: { ...plan, requests },
      clock: module === null ? clock : "user",
      module,
    });
  }
  // A plan without a request still has a worker that says so.
  const busy = squads.filter(({ plan }) => plan.requests.length > 0);
  return busy.length > 0 ? busy : squads.slice(0, 1);
}

function belongsTo(levels: readonly Level[]): (request: PlannedRequest) => boolean {
  const own = new Set(levels.map(({ level }) => level));
  return ({ level }) => own.has(level);
}
