/**
 * Whether the predicted number of replicas is the least that keeps L: one copy of the embedded endpoint is measured in closed
 * loop, the plan is made of that, and then N copies and N - 1 copies are run for N = 1, 2, 3. Poisson arrivals are handed out by
 * chance, which is the same as Poisson arrivals of a share each. Ends with an error when N copies miss L or N - 1 keep it, twice in a row.
 *
 *     deno run -A tests/bench/fleet.ts
 */

import { replicasFor } from "../../lib/core/mod.ts";
import type { LevelSpec } from "../../lib/load/mod.ts";
import { type LatencyLimit, statisticOf } from "../../lib/metrics/plan/objective.ts";
import { replicaCapacity } from "../../lib/metrics/plan/replica_capacity.ts";
import { drawTraffic } from "../../lib/metrics/plan/traffic.ts";
import { serve, type Simulation } from "../../lib/simulate/mod.ts";
import { endpoint } from "../load/made_up.ts";
import { sendLevel } from "./load_run.ts";

const profile = {
  base_ms: 20,
  prefill_tokens_per_s: 20_000,
  decode_ms: 5,
  decode_ms_per_sequence: 1,
  slots: 8,
  jitter: 0.1,
};
const closed = [[1, 80], [2, 120], [4, 200], [8, 300], [16, 300]] as const;
/** Of an open level, all copies together. */
const openRequests = 300;

async function send(copy: Simulation, name: string, level: Partial<LevelSpec>): Promise<Float64Array> {
  const at = endpoint({ url: copy.url, model_id: "simulated-model", experiment_name: name });
  const { records } = await sendLevel(copy.url, {
    ...{ endpoint: at, parameters: { max_new_tokens: 24 }, timeout_ms: 30_000, stall_ms: 30_000 },
    ...level,
  });
  // What never came took forever.
  return Float64Array.from(
    records.filter(({ phase, status }) => phase === "measure" && status !== "cancelled"),
    ({ response_ms }) => response_ms ?? Infinity,
  );
}

/** The response times of so many copies, each with its share of the rate. */
async function run(copies: readonly Simulation[], requests_per_minute: number): Promise<Float64Array> {
  const parts = await Promise.all(copies.map((copy, i) =>
    send(copy, `copy ${i} of ${copies.length}`, {
      ...{ arrival: "poisson", concurrency: null, rates_rps: [requests_per_minute / 60 / copies.length] },
      ...{ warmup_requests: 20, requests: Math.round(openRequests / copies.length), drain_ms: 0 },
    })
  ));
  return Float64Array.from(parts.flatMap((part) => [...part]));
}

const copies = await Promise.all([1, 2, 3].map((seed) => serve({ profile, seed })));
let wrong = 0;
try {
  const levels = [];
  for (const [concurrency, requests] of closed) {
    const times_ms = await send(copies[0]!, "one", { concurrency, requests, warmup_requests: concurrency });
    levels.push({ concurrency, times_ms });
    const p95 = statisticOf(times_ms, "p95")!.toFixed(0);
    console.log(`closed, ${concurrency} in flight: p95 ${p95} ms, n ${times_ms.length}`);
  }
  const limit: LatencyLimit = { statistic: "p95", limit_ms: 2 * statisticOf(levels[0]!.times_ms, "p95")! };
  const capacity = replicaCapacity(levels, limit, drawTraffic(20_000, 42).poisson, 42);
  const { value, low, high } = capacity;
  const [one, least, most] = [value!, low!, high!].map((rate) => rate.toFixed(0));
  console.log(
    `L ${limit.limit_ms.toFixed(0)} ms: a replica carries ${one} (${least} to ${most}) requests a minute`,
  );
  for (const wanted of [1, 2, 3]) {
    const rate = value! * (wanted - 0.4);
    const predicted = replicasFor(rate, value!);
    for (const count of [predicted, predicted - 1]) {
      if (count === 0) continue;
      // A machine that was busy with something else gets a second chance.
      for (const attempt of [1, 2]) {
        const times = await run(copies.slice(0, count), rate);
        const beyond = times.filter((time) => time > limit.limit_ms).length / times.length;
        const kept = beyond <= 0.05;
        console.log(
          `${rate.toFixed(0)} a minute, predicted N = ${predicted}; copies: ${count}: ${
            (100 * beyond).toFixed(1)
          } % beyond L, n ${times.length}: ${kept ? "kept" : "missed"}`,
        );
        if (kept === (count === predicted)) break;
        if (attempt === 2) wrong++;
      }
    }
  }
} finally {
  await Promise.all(copies.map((copy) => copy.close()));
}
Deno.exit(wrong > 0 ? 1 : 0);
