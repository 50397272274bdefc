import assert from "node:assert/strict";
import { distributions } from "../../lib/analyze/distributions.ts";
import { requestsFrame } from "../../lib/analyze/frame.ts";
import { failure, record } from "./generated_run.ts";

Deno.test("distributions() gives 201 quantiles of each figure, linear between ranks", () => {
  // 1, 2, ... 401 ms: the quantile at i/200 has rank 400 * i / 200, so its value is 1 + 2 i
  const records = Array.from(
    { length: 401 },
    (_, i) => record({ response_ms: 401 - i, ttft_ms: i === 0 ? 5 : null }),
  );
  const [ttft, response, ...others] = distributions(requestsFrame(records));
  assert.deepEqual(others, []);
  assert.equal(response!.n, 401);
  assert.deepEqual(response!.quantiles, Array.from({ length: 201 }, (_, i) => 1 + 2 * i));
  assert.deepEqual([ttft!.figure, ttft!.n], ["ttft_ms", 1]);
  assert.deepEqual(new Set(ttft!.quantiles), new Set([5]));
});

Deno.test("distributions() counts measured successes only, each cell for itself, open loop too", () => {
  const rows = distributions(requestsFrame([
    record({ experiment_name: "b", response_ms: 100, ttft_ms: null }),
    record({ experiment_name: "b", response_ms: 200, ttft_ms: null }),
    record({ experiment_name: "b", response_ms: 9, phase: "warmup" }),
    failure({ experiment_name: "b" }),
    record({
      experiment_name: "a",
      concurrency: null,
      request_rate_rps: 2.5,
      response_ms: 50,
      ttft_ms: null,
    }),
  ]));
  assert.deepEqual(rows.map(({ quantiles, ...row }) => ({ ...row, middle: quantiles[100] })), [
    {
      ...{ experiment_name: "a", payload_file: "payload_en_0-500.jsonl" },
      ...{ concurrency: null, request_rate_rps: 2.5, figure: "response_ms", n: 1, middle: 50 },
    },
    {
      ...{ experiment_name: "b", payload_file: "payload_en_0-500.jsonl" },
      ...{ concurrency: 1, request_rate_rps: null, figure: "response_ms", n: 2, middle: 150 },
    },
  ]);
  assert.deepEqual(distributions(requestsFrame([failure()])), []);
});
