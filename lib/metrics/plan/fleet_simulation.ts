/** Response times of a fleet of equal replicas under some traffic. */

import { keepsLimit, type LatencyLimit, statisticRank } from "./objective.ts";
import { Replica } from "./replica.ts";
import type { ReplicaModel } from "./replica_model.ts";
import type { Traffic } from "./traffic.ts";

/** Who gets the next request: anyone, the next in turn, or the one with the fewest in flight. */
export type Routing = "random" | "round_robin" | "least_busy";

export interface Fleet {
  readonly model: ReplicaModel;
  readonly replicas: number;
  readonly routing: Routing;
  /** Of the whole fleet. */
  readonly requests_per_minute: number;
}

/** Requests at the start that are not counted: the fleet begins empty. */
const warmUpShare = 0.1;

/**
 * The response times in milliseconds of the requests after the first tenth, in order of arrival. An idle fleet answers a request
 * in the time that one takes alone. The same traffic gives the same times.
 */
export function simulateFleet(fleet: Fleet, traffic: Traffic): Float64Array {
  const times = new Float64Array(traffic.gaps.length);
  serve(fleet, traffic, (request, time_ms) => {
    times[request] = time_ms;
    return true;
  });
  return times.subarray(firstCounted(traffic));
}

/** Whether such a fleet keeps a limit. It is left as soon as it has missed it. */
export function fleetKeeps(fleet: Fleet, traffic: Traffic, { statistic, limit_ms }: LatencyLimit): boolean {
  const rank = statisticRank[statistic];
  if (rank === null) return keepsLimit(simulateFleet(fleet, traffic), { statistic, limit_ms });
  const first = firstCounted(traffic);
  const most = (1000 - rank) * (traffic.gaps.length - first) / 1000;
  let beyond = 0;
  serve(fleet, traffic, (request, time_ms) => {
    if (time_ms > limit_ms && request >= first) beyond++;
    return beyond <= most;
  });
  return beyond <= most;
}

function firstCounted({ gaps }: Traffic): number {
  return Math.floor(gaps.length * warmUpShare);
}

/** @param ended what becomes of each request; false: enough was seen */
function serve(
  { model, replicas: count, routing, requests_per_minute }: Fleet,
  { gaps, ranks, routes }: Traffic,
  ended: (request: number, time_ms: number) => boolean,
): void {
  const arrivals = new Float64Array(gaps.length);
  let going = true;
  const note = (request: number, at: number) => {
    if (!ended(request, at - arrivals[request]!)) going = false;
  };
  const replicas = Array.from({ length: count }, () => new Replica(model, note));
  const mean_gap_ms = 60_000 / requests_per_minute;
  let now = 0;
  for (let i = 0; i < gaps.length && going; i++) {
    now += gaps[i]! * mean_gap_ms;
    arrivals[i] = now;
    const chosen = routing === "random"
      ? replicas[Math.floor(routes[i]! * count)]!
      : routing === "round_robin"
      ? replicas[i % count]!
      : leastBusy(replicas, now, Math.floor(routes[i]! * count));
    chosen.advance(now);
    chosen.arrive(i, ranks[i]!);
  }
  for (const replica of replicas) {
    while (going && replica.nextEnd < Infinity) replica.advance(replica.nextEnd);
  }
}

/** The one with the fewest in flight; of equals the first from `from` on. */
function leastBusy(replicas: readonly Replica[], now: number, from: number): Replica {
  let best: Replica | null = null;
  for (let k = 0; k < replicas.length; k++) {
    const replica = replicas[(from + k) % replicas.length]!;
    if (replica.nextEnd <= now) replica.advance(now);
    if (best === null || replica.inFlight < best.inFlight) best = replica;
  }
  return best!;
}
