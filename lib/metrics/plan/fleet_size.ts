/** How few replicas do when requests are handed out with more thought than by chance. */

import { fleetKeeps, type Routing } from "./fleet_simulation.ts";
import type { LatencyLimit } from "./objective.ts";
import { mostUtilisation } from "./replica_capacity.ts";
import type { ReplicaModel } from "./replica_model.ts";
import type { Traffic } from "./traffic.ts";

/** Larger fleets are not simulated as a whole: per replica they need no more than one of this size. */
export const largestSimulated = 32;

/**
 * The least number of replicas that keep the limit at a rate under a routing other than by chance, at most `enough`, the number
 * that keeps it under that. Fleets over 32 are counted at the rate per replica that a fleet of 32 keeps.
 */
export function fleetSize(
  model: ReplicaModel,
  limit: LatencyLimit,
  traffic: Traffic,
  of: { readonly requests_per_minute: number; readonly routing: Routing; readonly enough: number },
): number {
  const { requests_per_minute, routing, enough } = of;
  const most = model.most_per_minute * mostUtilisation;
  const keeps = (replicas: number, rate: number) =>
    fleetKeeps({ model, replicas, routing, requests_per_minute: rate }, traffic, limit);
  const least = Math.max(1, Math.ceil(requests_per_minute / most));
  if (enough <= largestSimulated) {
    return leastWhole(least, enough, (replicas) => keeps(replicas, requests_per_minute));
  }
  // In hundredths of what a replica gets through at most: the rate that 32 of them keep.
  const parts = 100 -
    leastWhole(
      0,
      100,
      (spare) => spare === 100 || keeps(largestSimulated, most * largestSimulated * (100 - spare) / 100),
    );
  return parts === 0 ? enough : Math.min(enough, Math.ceil(requests_per_minute / (most * parts / 100)));
}

/** The least whole number from `low` on with a property that stays once it holds; `high` is taken to have it. */
function leastWhole(low: number, high: number, holds: (value: number) => boolean): number {
  let [from, to] = [low, Math.max(low, high)];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return to;
}
