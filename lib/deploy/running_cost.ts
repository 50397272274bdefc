/** What a run's resources have cost so far, by their hours in the ledger. */

import type { Billing } from "./deployer.ts";
import { type LedgerLine, readLedger, resourceKey } from "./ledger.ts";

export interface RunningCost {
  readonly kind: string;
  readonly name: string;
  readonly billing: Billing;
  /** UTC, ISO 8601: when it was meant to be created, since when it may have cost something. */
  readonly since: string;
  /** null: it is still there, as far as the ledger knows. */
  readonly until: string | null;
  readonly hours: number;
  /** null: nobody knows its price. */
  readonly cost: number | null;
}

/** Everything in a run's ledger that is paid by the hour, oldest first. */
export function runningCosts(run_dir: string, now: Date): RunningCost[] {
  const costs: RunningCost[] = [];
  const open = new Map<string, LedgerLine>();
  const close = (first: LedgerLine, until: string | null) => {
    const billing = first.billing;
    if (billing === undefined) return;
    const hours = Math.max(0, (until === null ? now.getTime() : Date.parse(until)) - Date.parse(first.at)) /
      3_600_000;
    const { kind, name, at: since } = first;
    const cost = billing.per_hour === null ? null : billing.per_hour * hours;
    costs.push({ kind, name, billing, since, until, hours, cost });
  };
  for (const line of readLedger(run_dir)) {
    const key = resourceKey(line);
    const first = open.get(key);
    if (line.event === "deleted") {
      if (first !== undefined) close(first, line.at);
      open.delete(key);
    } else {
      // The intent began it; what it costs may stand in the second line only.
      open.set(key, { ...line, at: first?.at ?? line.at });
    }
  }
  for (const first of open.values()) close(first, null);
  return costs.sort((a, b) => a.since.localeCompare(b.since));
}

/** What of it is still there costs an hour; null: not all prices are known. */
export function hourlyCost(costs: readonly RunningCost[]): number | null {
  return costs.filter(({ until }) => until === null).reduce<number | null>(
    (sum, { billing: { per_hour } }) => sum === null || per_hour === null ? null : sum + per_hour,
    0,
  );
}
