import assert from "node:assert/strict";
import { replicasFor } from "../../../lib/core/mod.ts";
import { keepsLimit, type LatencyLimit, statisticOf } from "../../../lib/metrics/plan/objective.ts";
import { replicaCapacity } from "../../../lib/metrics/plan/replica_capacity.ts";
import { drawTraffic } from "../../../lib/metrics/plan/traffic.ts";
import { profiles } from "../../../lib/simulate/profiles.ts";
import { closedLoop, openLoop } from "./engine_load.ts";

const { poisson } = drawTraffic(20_000, 42);

/** What a benchmark at these levels would find, with L so many times the p95 of a lone request. */
function measured(timing: (typeof profiles)["sim-small" | "sim-large"], levels: readonly number[]) {
  return levels.map((concurrency) => ({ concurrency, times_ms: closedLoop(timing, concurrency, 400) }));
}

/** All requests of a fleet of engines whose requests are handed out by chance: each has Poisson arrivals of its own. */
function fleet(timing: Parameters<typeof openLoop>[0], replicas: number, requests_per_minute: number) {
  const parts = Array.from(
    { length: replicas },
    (_, i) => openLoop(timing, requests_per_minute / replicas, Math.ceil(6000 / replicas), `replica ${i}`),
  );
  return Float64Array.from(parts.flatMap((part) => [...part]));
}

const cases = [
  ["sim-small", [1, 2, 4, 8, 16], 2],
  ["sim-small", [1, 2, 4, 8, 16], 3],
  ["sim-large", [1, 8, 32, 64], 1.5],
  ["sim-large", [1, 8, 32, 64], 2.5],
] as const;

for (const [profile, levels, factor] of cases) {
  Deno.test(`${profile}, L ${factor} times a lone request: the predicted fleet keeps L in simulated time, one replica less does not`, () => {
    const timing = profiles[profile];
    const found = measured(timing, levels);
    const limit: LatencyLimit = {
      statistic: "p95",
      limit_ms: statisticOf(found[0]!.times_ms, "p95")! * factor,
    };
    const capacity = replicaCapacity(found, limit, poisson, 1);
    for (const wanted of [1, 2, 3, 5]) {
      // In the middle between two numbers of replicas: clear-cut for up to 3, and for 5 on the side that must hold.
      const rate = capacity.value! * (wanted - 0.4);
      const replicas = replicasFor(rate, capacity.value!);
      assert.equal(replicas, wanted);
      assert.ok(keepsLimit(fleet(timing, replicas, rate), limit), `${replicas} keep L at ${rate}`);
      if (wanted === 1 || wanted > 3) continue;
      assert.ok(!keepsLimit(fleet(timing, replicas - 1, rate), limit), `${replicas - 1} miss L at ${rate}`);
    }
  });
}

Deno.test("what the plan says of a replica is near to what the engine carries, on the safe side", () => {
  const errors = cases.map(([profile, levels, factor]) => {
    const timing = profiles[profile];
    const found = measured(timing, levels);
    const limit: LatencyLimit = {
      statistic: "p95",
      limit_ms: statisticOf(found[0]!.times_ms, "p95")! * factor,
    };
    const { value, low, high } = replicaCapacity(found, limit, poisson, 1);
    let [kept, missed] = [0, value! * 2];
    for (let i = 0; i < 9; i++) {
      const middle = (kept + missed) / 2;
      if (keepsLimit(openLoop(timing, middle, 6000), limit)) kept = middle;
      else missed = middle;
    }
    assert.ok(low! <= kept && (high === null || kept <= high), `${low} to ${high} holds ${kept}`);
    return value! / kept - 1;
  });
  for (const error of errors) assert.ok(error > -0.07 && error < 0.04, `${errors}`);
});
