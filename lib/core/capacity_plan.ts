/** How many of what it takes to serve a workload: plain rows that the plan's formulas give and the report shows. */

import type { LatencyStatistic } from "./prices.ts";
import type { Estimate } from "./summary.ts";

/** W and L of the question: so many requests a minute of such a size, answered within so long. */
export interface Workload {
  readonly requests_per_minute: number;
  /** Mean prompt and answer; null: as measured. */
  readonly prompt_tokens: number | null;
  readonly output_tokens: number | null;
  readonly latency_seconds: number;
  /** Which statistic of the response time L judges. */
  readonly latency_statistic: LatencyStatistic;
  /** Where the rate comes from. `config`: it is asked for; `measured`: the load of the data set of interest. */
  readonly from: "config" | "measured";
}

/** Least number of replicas when requests come, or are handed out, in another way; null: it can't be said. */
export interface OtherConditions {
  /** Each replica gets the next request in turn. */
  readonly round_robin: number | null;
  /** Each request goes to the replica with the fewest in flight. */
  readonly least_busy: number | null;
  /** Requests come in bursts, on every replica. */
  readonly bursts: number | null;
}

/** What it takes of one experiment's instance type, or of its per-token API. */
export interface FleetOption {
  readonly experiment_name: string;
  readonly model_id: string;
  readonly instance_type: string;
  /** Instances that one replica consists of. */
  readonly instance_count: number;
  /** Who is paid; null without a price. */
  readonly basis: "instance" | "token" | null;
  /** Requests a minute that got through at the highest load that kept the objective, as it was sent; value null: none did. */
  readonly measured_per_minute: Estimate;
  /**
   * Requests a minute, coming at random, that one replica carries within the objective; value null: not even single requests
   * keep it, or it is not known. An API paid by the token has none.
   */
  readonly capacity_per_minute: Estimate;
  /** Least number of replicas, with an interval that the capacity's carries; value null: it can't be said (see `reason`). */
  readonly replicas: Estimate;
  readonly other_conditions: OtherConditions;
  /** Response time that the simulated fleet of that size shows, by the statistic of the workload, in milliseconds. */
  readonly predicted_latency_ms: number | null;
  /** Fraction of the fleet's capacity that the workload leaves free. */
  readonly headroom: number | null;
  /** In the currency of the prices, for a month of 730 hours. */
  readonly cost_per_month: number | null;
  /** The same with one replica more, so that one may fail. */
  readonly cost_per_month_with_spare: number | null;
  /** Of a request of the workload: the month's cost shared among its requests. */
  readonly cost_per_transaction: number | null;
  /** Of one replica; null without a price and for what is paid by the token. */
  readonly cost_per_replica_month: number | null;
  /** Whether it serves the workload within the objective, and its answers keep the budgets for them. */
  readonly serves: boolean;
  /** Why there is no number of replicas, or what limits it; null: nothing to say. */
  readonly reason: string | null;
}

/** Replicas and cost of every option at one rate of requests. */
export interface FleetStep {
  readonly requests_per_minute: number;
  readonly fleets: readonly {
    readonly experiment_name: string;
    readonly replicas: number | null;
    readonly cost_per_month: number | null;
  }[];
  /** The cheapest of those that serve; null: none does, or nothing has a price. */
  readonly cheapest: string | null;
}

export interface CapacityPlan {
  readonly payload_file: string;
  /** Mean tokens of its prompts and answers as measured, all options together; null: not counted. */
  readonly measured: { readonly prompt_tokens: number | null; readonly output_tokens: number | null };
  readonly workload: Workload;
  /** Cheapest first; those that can't serve it last. */
  readonly options: readonly FleetOption[];
  /** The cheapest that serves it, without any price the one with the fewest replicas; null: none serves. */
  readonly best: FleetOption | null;
  /** From 1 to 1,000,000 requests a minute. */
  readonly scale: readonly FleetStep[];
  /** What the reader must know: where the workload differs from what was measured. */
  readonly notes: readonly string[];
}

export const hoursPerMonth = 730;

export const minutesPerMonth: number = hoursPerMonth * 60;

/**
 * What an option takes at a rate: by the hour as many replicas as share the rate with no more than its capacity for each; by
 * the token the rate's tokens. Source of the first: random splitting makes independent replicas, so they add up.
 */
export function fleetAt(
  option: Pick<
    FleetOption,
    "basis" | "capacity_per_minute" | "cost_per_replica_month" | "cost_per_transaction" | "serves"
  >,
  requests_per_minute: number,
): { readonly replicas: number | null; readonly cost_per_month: number | null } {
  const { basis, capacity_per_minute: { value }, cost_per_replica_month, cost_per_transaction } = option;
  if (!option.serves) return { replicas: null, cost_per_month: null };
  if (basis === "token") {
    const cost = cost_per_transaction === null ? null : cost_per_transaction * requests_per_minute;
    return { replicas: null, cost_per_month: cost === null ? null : cost * minutesPerMonth };
  }
  const replicas = value === null ? null : replicasFor(requests_per_minute, value);
  return {
    replicas,
    cost_per_month: replicas === null || cost_per_replica_month === null
      ? null
      : replicas * cost_per_replica_month,
  };
}

/** Rate / capacity, rounded up; one at least. A rounding error of the division makes no replica. */
export function replicasFor(requests_per_minute: number, capacity_per_minute: number): number {
  return Math.max(1, Math.ceil(requests_per_minute / capacity_per_minute - 1e-9));
}
