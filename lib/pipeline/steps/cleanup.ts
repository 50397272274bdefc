/** Step 6: nothing that the run created is left. */

import { showDuration, showMoney } from "../../core/mod.ts";
import {
  removeAll,
  type RemovedResource,
  resourceKey,
  type RunningCost,
  runningCosts,
} from "../../deploy/mod.ts";
import { attempt, type StepContext } from "../context.ts";
import { removersFor } from "../removers.ts";
import { table } from "../table.ts";

/**
 * Removes what the run's ledger owns; what was brought, or belongs to another run, is not in it.
 *
 * @returns a table of what was removed, with what it cost
 */
export function cleanUp(step: StepContext): Promise<string> {
  return attempt(step, async () => {
    const { root } = step.run.paths;
    const removed = await removeAll(root, {
      log: (message) => step.log("info", message),
      removers: removersFor(),
    });
    for (const { kind, name } of removed) step.log("info", `removed ${kind} ${name}`);
    return removalTable(removed, runningCosts(root, new Date()));
  });
}

/** What was removed, and what all of it has cost since it was created. */
export function removalTable(removed: readonly RemovedResource[], costs: readonly RunningCost[]): string {
  if (removed.length === 0) return "This run owns nothing that is left to remove.";
  const last = new Map(costs.map((cost) => [resourceKey(cost), cost]));
  const rows = removed.map((resource) => {
    const cost = last.get(resourceKey(resource));
    const { kind, name, outcome } = resource;
    return [kind, name, outcome, ...cost === undefined ? ["–", "–"] : [hoursOf(cost), moneyOf(cost)]];
  });
  const paid = last.size > 0;
  const header = ["what", "name", "outcome", ...paid ? ["there for", "cost"] : []];
  return table(header, paid ? rows : rows.map((row) => row.slice(0, 3)));
}

const hoursOf = ({ hours }: RunningCost) => showDuration(hours * 3_600_000);
const moneyOf = ({ cost, billing }: RunningCost) =>
  cost === null ? "price not known" : showMoney(cost, billing.currency);
