import assert from "node:assert/strict";
import { askedWorkload, serviceLevelOf } from "../../lib/config/service_level.ts";

type Report = Parameters<typeof askedWorkload>[0];
const report = (changes: Partial<Report>): Report => ({
  latency_budget: 2,
  latency_statistic: "p95",
  error_rate_budget: 0,
  ...changes,
});

Deno.test("without objectives the latency budget is the objective, for as many requests as its statistic speaks for", () => {
  assert.deepEqual(serviceLevelOf(report({})), { objectives: { response_ms: 2000 }, share: 0.95 });
  assert.equal(serviceLevelOf(report({ latency_statistic: "p99" })).share, 0.99);
  assert.equal(serviceLevelOf(report({ latency_statistic: "mean" })).share, 0.95);
});

Deno.test("a preset gives limits and share, what stands beside it takes their place", () => {
  const preset = "mlperf-llama2-70b";
  assert.deepEqual(serviceLevelOf(report({ objectives: { preset } })), {
    objectives: { ttft_ms: 2000, tpot_ms: 200 },
    share: 0.99,
  });
  assert.deepEqual(serviceLevelOf(report({ objectives: { preset, ttft_ms: 500, share: 0.9 } })), {
    objectives: { ttft_ms: 500, tpot_ms: 200 },
    share: 0.9,
  });
});

Deno.test("objectives without a preset are all that is asked for", () => {
  assert.deepEqual(serviceLevelOf(report({ objectives: { e2e_ms: 3000 } })), {
    objectives: { e2e_ms: 3000 },
    share: 0.95,
  });
  // A share alone is of the latency budget.
  assert.deepEqual(serviceLevelOf(report({ objectives: { share: 0.9 } })), {
    objectives: { response_ms: 2000 },
    share: 0.9,
  });
});

Deno.test("users make as many requests as they are, each so many a minute", () => {
  assert.equal(askedWorkload(report({})), null);
  assert.deepEqual(askedWorkload(report({ workload: { users: 50, requests_per_user_per_minute: 0.5 } })), {
    requests_per_minute: 25,
    prompt_tokens: null,
    output_tokens: null,
    latency_seconds: null,
  });
});
