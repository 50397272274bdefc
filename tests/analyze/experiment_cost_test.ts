import assert from "node:assert/strict";
import { experimentCosts, requestsFrame } from "../../lib/analyze/mod.ts";
import { endpoint, failure, prices, record } from "./generated_run.ts";

const options = { endpoints: [endpoint], prices };

Deno.test("an instance is paid for the time its levels ran, warm-up included, the pause between them not", () => {
  const requests = requestsFrame([
    record({ concurrency: 1, phase: "warmup", sent_ms: 0, ended_ms: 10_000 }),
    record({ concurrency: 1, sent_ms: 10_000, ended_ms: 40_000 }),
    record({ concurrency: 2, sent_ms: 100_000, ended_ms: 120_000 }),
    record({ concurrency: 2, segment: "2", sent_ms: 5_000, ended_ms: 15_000 }),
  ]);
  // 40 + 20 + 10 s; 3 an hour x 2 instances x 70 / 3600; 4 x 40 and 4 x 10 tokens.
  assert.deepEqual(experimentCosts(requests, options), [{
    experiment_name: "exp",
    instance_type: "m.small",
    instance_count: 2,
    basis: "instance",
    duration_s: 70,
    requests: 4,
    prompt_tokens: 160,
    completion_tokens: 40,
    cost: (3 * 2 * 70) / 3600,
  }]);
});

Deno.test("levels that ran at the same time are paid once", () => {
  const requests = requestsFrame([
    record({ payload_file: "a.jsonl", sent_ms: 0, ended_ms: 10_000 }),
    record({ payload_file: "b.jsonl", sent_ms: 4_000, ended_ms: 6_000 }),
    record({ payload_file: "c.jsonl", sent_ms: 8_000, ended_ms: 15_000 }),
  ]);
  assert.equal(experimentCosts(requests, options)[0]!.duration_s, 15);
});

Deno.test("tokens are paid for every attempt that has any", () => {
  const hosted = { ...endpoint, instance_type: "hosted", model_id: "hosted" };
  const requests = requestsFrame([
    record({ phase: "warmup" }),
    failure({ request_id: "a", attempt: 1 }),
    record({ request_id: "a", attempt: 2 }),
  ]);
  // Two requests of (40 x 0.5 + 10 x 2) / 1000 = 0.04; the prompt of the failed attempt is counted, not priced.
  const [cost] = experimentCosts(requests, { endpoints: [hosted], prices });
  assert.deepEqual([cost!.basis, cost!.cost, cost!.requests, cost!.prompt_tokens], ["token", 0.08, 2, 120]);
});

Deno.test("without a price there is no cost", () => {
  const [cost] = experimentCosts(requestsFrame([record({ instance_type: "m.unheard-of" })]), {
    endpoints: [],
    prices,
  });
  assert.deepEqual([cost!.basis, cost!.cost, cost!.instance_count, cost!.duration_s], [null, null, 1, 1]);
});

Deno.test("experiments come by name, requests that were never sent take no time", () => {
  const requests = requestsFrame([
    record({ experiment_name: "b" }),
    record({ experiment_name: "a", sent_ms: null, ended_ms: null, status: "cancelled" }),
  ]);
  assert.deepEqual(
    experimentCosts(requests, options).map((cost) => [cost.experiment_name, cost.duration_s]),
    [["a", 0], ["b", 1]],
  );
  assert.deepEqual(experimentCosts(requestsFrame([]), options), []);
});
