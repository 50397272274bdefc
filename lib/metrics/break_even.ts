/** From which traffic on instances cost less than an API that is paid by the token. */

import type { BreakEven, BreakEvenPoint, Recommendation } from "../core/mod.ts";
import { cheapestLoads, type PricedCell } from "./cheapest_load.ts";

/** What one replica of an option costs and carries. */
export interface HourlyReplica {
  readonly hourly: number;
  /** Requests a minute that it carries within the budgets, more than 0. */
  readonly capacity_per_minute: number;
}

/** How far a quotient may miss a whole number that it stands for. */
const rounding = 1e-9;

/**
 * Where N = ceil(r / C) replicas at H an hour cost less than r requests a minute at p each: N x H < 60 x p x r.
 *
 * With b = H / (60 x p) that is r > N x b. One replica does it from b on, if b < C; else never, at no number of replicas, as
 * even a full one costs H / (60 x C) >= p for each request. Above each multiple of C a further replica begins nearly unused,
 * and up to N x b the API is cheaper again, as long as N x b > (N - 1) x C, that is N < C / (C - b). So the last such N
 * is ceil(C / (C - b)) - 1, and above that N x b instances stay cheaper.
 */
export function breakEvenPoint(
  { hourly, capacity_per_minute }: HourlyReplica,
  cost_per_transaction: number,
): BreakEvenPoint {
  if (cost_per_transaction === 0) return { when: "never" };
  if (hourly === 0) return { when: "always" };
  const first_per_minute = hourly / (60 * cost_per_transaction);
  if (first_per_minute >= capacity_per_minute) return { when: "never" };
  const quotient = capacity_per_minute / (capacity_per_minute - first_per_minute);
  const for_good_replicas = Math.max(1, Math.ceil(quotient * (1 - rounding)) - 1);
  return {
    when: "from",
    first_per_minute,
    first_utilisation: first_per_minute / capacity_per_minute,
    for_good_per_minute: for_good_replicas * first_per_minute,
    for_good_replicas,
  };
}

/**
 * Every pair of an option paid by the hour and one paid by the token that keep all budgets, by payload file. What a replica
 * carries is its throughput at the load at which a transaction costs least; an API is taken to carry anything.
 */
export function breakEvens(recommendations: readonly Recommendation[]): BreakEven[] {
  return recommendations.flatMap((recommendation) => {
    const options = Map.groupBy(cheapestLoads(recommendation), ({ cost_basis }) => cost_basis);
    return (options.get("instance") ?? []).flatMap((instance) => {
      const replica = replicaOf(instance);
      return replica === null ? [] : (options.get("token") ?? []).map((api): BreakEven => ({
        payload_file: recommendation.payload_file,
        instance,
        api,
        point: breakEvenPoint(replica, api.cost_per_transaction),
        sure: isSure(instance, api),
      }));
    });
  });
}

/** Its price by the hour follows from what a transaction costs; null where nothing tells how many there were. */
function replicaOf({ cost_per_transaction, transactions_per_minute }: PricedCell): HourlyReplica | null {
  return transactions_per_minute === null || transactions_per_minute === 0 ? null : {
    hourly: cost_per_transaction * transactions_per_minute * 60,
    capacity_per_minute: transactions_per_minute,
  };
}

function isSure({ cost_per_transaction, cost_interval }: PricedCell, api: PricedCell): boolean {
  const price = api.cost_per_transaction;
  const end = cost_per_transaction < price ? cost_interval?.high : cost_interval?.low;
  return typeof end === "number" && (cost_per_transaction < price ? end < price : end >= price);
}
