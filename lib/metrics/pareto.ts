/** The options among which every gain has its price. */

import type { CellSummary } from "../core/mod.ts";

/**
 * The cells that no other one dominates: another cell dominates when it is at least as good in cost of a transaction, latency (what
 * the latency budget judges) and accuracy, and better in one of them. Two cells are compared by the figures that are
 * known of both; so where no accuracy is known, the front is that of cost and latency, and without prices that of latency and
 * accuracy. Estimates are compared as they are, without their intervals. In the order given.
 *
 * Only cells that keep the budget for errors and whose latency is known are looked at: whoever refuses requests answers the rest fast.
 */
export function paretoFront(cells: readonly CellSummary[]): CellSummary[] {
  const candidates = cells.filter(({ criteria, latency_ms }) =>
    criteria.error_rate === "pass" && latency_ms.value !== null
  );
  return candidates.filter((cell) => !candidates.some((other) => dominates(other, cell)));
}

function dominates(a: CellSummary, b: CellSummary): boolean {
  const theirs = losses(b);
  const pairs = losses(a).flatMap((mine, i) => {
    const other = theirs[i] ?? null;
    return mine === null || other === null ? [] : [[mine, other] as const];
  });
  return pairs.every(([mine, other]) => mine <= other) && pairs.some(([mine, other]) => mine < other);
}

/** Less is better. */
function losses({ cost_per_transaction, latency_ms, accuracy }: CellSummary): (number | null)[] {
  const right = accuracy?.value ?? null;
  return [cost_per_transaction, latency_ms.value, right === null ? null : -right];
}
