/** What one replica carries within a limit, and how far the measurement settles that. */

import { type Estimate, type Random, seededRandom } from "../../core/mod.ts";
import { z975 } from "../normal.ts";
import { fleetKeeps } from "./fleet_simulation.ts";
import type { LatencyLimit } from "./objective.ts";
import {
  extended,
  type Reading,
  type ReplicaModel,
  replicaModel,
  type ServiceLevelTimes,
} from "./replica_model.ts";
import { beginning, type Traffic } from "./traffic.ts";

/**
 * A replica is never planned to be busier than this: nearer to its end, an error of a few per cent in what was measured decides
 * whether the queue ever gets shorter again.
 */
export const mostUtilisation = 0.95;

/** How near a search comes, relative to what it finds: chance in the traffic makes about 2 % anyway. */
const fineness = 0.005;

/** A rate below this part of what the replica gets through at most is none. */
const leastPart = 0.001;

/** Resampled measurements behind an interval. */
const resamples = 20;

/** Requests and fineness of a search that only serves to be compared with others of its kind. */
const shortRequests = 3000;
const shortFineness = 0.01;

/** What the unmeasured must promise at least to open the upper end. */
const openGain = 1.02;

/**
 * How far the model itself may be off at the ends of a 95 % interval, whatever the measurement: what it may promise too much, and
 * too little. Found by holding it against the embedded endpoint's timing model in simulated time (docs/plan.md).
 */
const modelError = { low: 0.05, high: 0.08 };

/**
 * The highest rate, in requests a minute, at which a lone replica keeps the limit under this traffic; at most 95 % of what it gets
 * through when it is never idle. null: not even requests that come one by one keep it.
 */
export function carriedRate(
  model: ReplicaModel,
  limit: LatencyLimit,
  traffic: Traffic,
  within = fineness,
): number | null {
  const keeps = (requests_per_minute: number) =>
    fleetKeeps({ model, replicas: 1, routing: "random", requests_per_minute }, traffic, limit);
  const most = model.most_per_minute * mostUtilisation;
  if (keeps(most)) return most;
  let [good, bad] = [0, most];
  while (bad - good > bad * within && bad > most * leastPart) {
    const middle = (good + bad) / 2;
    if (keeps(middle)) good = middle;
    else bad = middle;
  }
  return good === 0 ? null : good;
}

/**
 * That rate with its 95 % interval: the measured times are drawn again with replacement, level by level and in blocks, because
 * neighbours are alike, and the search is done again for each such measurement against the same traffic; the model's own error (5 %
 * down, 8 % up) is added in squares, on the logarithmic scale.
 *
 * The rate and its lower end read chords between the levels; the upper end belongs to the rate by tangents, so that it holds what
 * lies between levels far apart, too; it is open (null) where more in flight than was measured might carry more. `n` counts the
 * measured requests. Open at both ends when fewer than half of the resamples keep the limit at any rate; flagged then, and under 20
 * requests on a level.
 * Source: H. R. Künsch, The jackknife and the bootstrap for general stationary observations, Annals of Statistics 17 (1989).
 */
export function replicaCapacity(
  levels: readonly ServiceLevelTimes[],
  limit: LatencyLimit,
  traffic: Traffic,
  seed: number,
): Estimate {
  const n = levels.reduce((sum, { times_ms }) => sum + times_ms.length, 0);
  const few = levels.some(({ times_ms }) => times_ms.length < 20);
  const model = replicaModel(levels);
  const value = carriedRate(model, limit, traffic);
  const none = { value, low: null, high: null, n, flagged: true };
  if (value === null) return none;
  const short = beginning(traffic, shortRequests);
  const carried = (of: readonly ServiceLevelTimes[], reading: Reading = "chords") =>
    carriedRate(replicaModel(of, reading), limit, short, shortFineness);
  const random = seededRandom(seed, "capacity interval");
  const logs = Array.from({ length: resamples }, () => levels.map((level) => resampled(level, random)))
    .flatMap((measured) => {
      const rate = carried(measured);
      return rate === null ? [] : [Math.log(rate)];
    });
  if (logs.length < resamples / 2) return none;
  const centre = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const variance = logs.reduce((sum, log) => sum + (log - centre) ** 2, 0) / (logs.length - 1);
  const reach = (error: number) => Math.hypot(z975 * Math.sqrt(variance), Math.log(1 + error));
  const base = carried(levels) ?? value;
  const quickest = Math.max(base, carried(levels, "tangents") ?? base);
  const more = model.rising ? extended(levels) : null;
  const open = more !== null && (carried(more, "tangents") ?? base) > quickest * openGain;
  return {
    value,
    low: value * Math.exp(-reach(modelError.low)),
    high: open ? null : value * quickest / base * Math.exp(reach(modelError.high)),
    n,
    flagged: few || logs.length < resamples,
  };
}

/** As many times as were measured, in blocks of about the cube root of their number that begin anywhere and wrap around. */
function resampled({ concurrency, times_ms }: ServiceLevelTimes, random: Random): ServiceLevelTimes {
  const n = times_ms.length;
  const block = Math.ceil(Math.cbrt(n));
  const drawn = new Float64Array(n);
  for (let i = 0, from = 0; i < n; i++) {
    if (i % block === 0) from = random.below(n);
    drawn[i] = times_ms[(from + i % block) % n]!;
  }
  return { concurrency, times_ms: drawn };
}
