/** A fleet of instances: how many replicas, from what was measured of one. */

import {
  type Estimate,
  type FleetOption,
  loadOf,
  type OtherConditions,
  replicasFor,
  showNumber,
} from "../../core/mod.ts";
import { simulateFleet } from "./fleet_simulation.ts";
import { fleetSize } from "./fleet_size.ts";
import { highestKept, type MeasuredLevel } from "./measured_level.ts";
import { type LatencyLimit, statisticOf } from "./objective.ts";
import { carriedRate, mostUtilisation, replicaCapacity } from "./replica_capacity.ts";
import { replicaModel } from "./replica_model.ts";
import type { TrafficPair } from "./traffic.ts";

/** What is known of the replicas of one option. */
export type FleetFigures =
  & Pick<
    FleetOption,
    | "measured_per_minute"
    | "capacity_per_minute"
    | "replicas"
    | "other_conditions"
    | "predicted_latency_ms"
    | "headroom"
  >
  & { readonly reasons: readonly string[] };

const noneOf = (n: number): Estimate => ({ value: null, low: null, high: null, n, flagged: true });
const notTold: OtherConditions = { round_robin: null, least_busy: null, bursts: null };

/**
 * The replicas that carry a rate within a limit. From closed levels by a simulation of one replica, which stands for each of a
 * fleet whose requests are handed out by chance; from open levels alone by the rates that were sent.
 *
 * @param levels of one experiment and payload file, those whose error rate keeps its budget
 */
export function fleetFigures(
  levels: readonly MeasuredLevel[],
  requests_per_minute: number,
  limit: LatencyLimit,
  traffic: TrafficPair,
  seed: number,
): FleetFigures {
  const closed = levels.filter(({ cell }) => cell.concurrency !== null);
  return closed.length > 0
    ? fromClosed(closed, requests_per_minute, limit, traffic, seed)
    : fromOpen(levels, requests_per_minute, limit);
}

function fromClosed(
  levels: readonly MeasuredLevel[],
  requests_per_minute: number,
  limit: LatencyLimit,
  traffic: TrafficPair,
  seed: number,
): FleetFigures {
  const { per_minute } = highestKept(levels, limit);
  const times = levels.map(({ cell, times_ms }) => ({ concurrency: cell.concurrency ?? 1, times_ms }));
  const capacity = replicaCapacity(times, limit, traffic.poisson, seed);
  const common = { measured_per_minute: per_minute, capacity_per_minute: capacity };
  if (capacity.value === null) return { ...common, ...nothing(capacity.n), reasons: [missed(levels, limit)] };
  const model = replicaModel(times);
  const enough = replicasFor(requests_per_minute, capacity.value);
  const bursts = carriedRate(model, limit, traffic.bursts);
  const sizeBy = (routing: "round_robin" | "least_busy") =>
    fleetSize(model, limit, traffic.poisson, { requests_per_minute, routing, enough });
  const lone = {
    model,
    replicas: 1,
    routing: "random",
    requests_per_minute: requests_per_minute / enough,
  } as const;
  const most = Math.max(...times.map(({ concurrency }) => concurrency));
  const reasons = [
    capacity.value >= model.most_per_minute * mostUtilisation
      ? `L leaves room for more: planned at ${mostUtilisation * 100} % of what a replica gets through`
      : null,
    capacity.high === null && model.rising
      ? `throughput still rose at ${most} in flight, the most that was measured: no more at once is planned for`
      : null,
    times.length === 1 ? `one load level was measured (${most} in flight): nothing is known of others` : null,
  ];
  return {
    ...common,
    replicas: countOf(enough, requests_per_minute, capacity),
    other_conditions: {
      round_robin: sizeBy("round_robin"),
      least_busy: sizeBy("least_busy"),
      bursts: bursts === null ? null : replicasFor(requests_per_minute, bursts),
    },
    predicted_latency_ms: statisticOf(simulateFleet(lone, traffic.poisson), limit.statistic),
    headroom: 1 - requests_per_minute / (enough * capacity.value),
    reasons: reasons.filter((reason) => reason !== null),
  };
}

/** Arrivals were measured as such: no model is needed, and none beyond the rates that were sent. */
function fromOpen(
  levels: readonly MeasuredLevel[],
  requests_per_minute: number,
  limit: LatencyLimit,
): FleetFigures {
  const { load, per_minute, isHighest } = highestKept(levels, limit);
  const perMinute = (rate: number | null) => rate === null ? null : rate * 60;
  const capacity = {
    value: perMinute(load.value),
    low: perMinute(load.low),
    high: perMinute(load.high),
    n: load.n,
    flagged: load.flagged,
  };
  const common = { measured_per_minute: per_minute, capacity_per_minute: capacity };
  if (capacity.value === null) return { ...common, ...nothing(capacity.n), reasons: [missed(levels, limit)] };
  const enough = replicasFor(requests_per_minute, capacity.value);
  const share = requests_per_minute / enough;
  const at = levels.filter(({ cell }) => loadOf(cell) * 60 >= share * (1 - 1e-9))
    .sort((a, b) => loadOf(a.cell) - loadOf(b.cell))[0];
  return {
    ...common,
    replicas: countOf(enough, requests_per_minute, capacity),
    other_conditions: notTold,
    predicted_latency_ms: at === undefined ? null : statisticOf(at.times_ms, limit.statistic),
    headroom: 1 - requests_per_minute / (enough * capacity.value),
    reasons: [
      "from the arrival rates that were sent, without a simulation",
      ...isHighest ? ["the highest rate that was sent kept L: a replica may carry more"] : [],
    ],
  };
}

/** Nobody needs fewer than one, whatever is not known of the capacity. */
function countOf(value: number, requests_per_minute: number, { low, high, n, flagged }: Estimate): Estimate {
  const least = value === 1 ? 1 : null;
  return {
    value,
    low: high === null ? least : replicasFor(requests_per_minute, high),
    high: low === null ? null : replicasFor(requests_per_minute, low),
    n,
    flagged,
  };
}

function nothing(n: number) {
  return {
    replicas: noneOf(n),
    other_conditions: notTold,
    predicted_latency_ms: null,
    headroom: null,
  };
}

function missed(levels: readonly MeasuredLevel[], { statistic, limit_ms }: LatencyLimit): string {
  const lowest = [...levels].sort((a, b) => loadOf(a.cell) - loadOf(b.cell))[0];
  const at = lowest === undefined ? null : statisticOf(lowest.times_ms, statistic);
  return at === null
    ? "no request succeeded"
    : `even at the lowest measured load the ${statistic} is ${showNumber(at / 1000)} s, L ${
      showNumber(limit_ms / 1000)
    } s`;
}
