import assert from "node:assert/strict";
import { requestsFrame, serviceTimes } from "../../lib/analyze/mod.ts";
import { failure, record } from "./generated_run.ts";

Deno.test("response times of the measured successes, level by level", () => {
  const of = (response_ms: number, more = {}) => record({ response_ms, ...more });
  const found = serviceTimes(requestsFrame([
    ...[of(10), of(20), of(30, { concurrency: 4 }), of(40)],
    of(99, { phase: "warmup" }),
    failure({ concurrency: 4 }),
    of(50, { payload_file: "other.jsonl" }),
    of(60, { concurrency: null, request_rate_rps: 2.5 }),
  ]));
  assert.deepEqual(
    found.map(({ payload_file, concurrency, request_rate_rps, times_ms }) => [
      payload_file,
      concurrency,
      request_rate_rps,
      [...times_ms],
    ]),
    [
      ["payload_en_0-500.jsonl", 1, null, [10, 20, 40]],
      ["payload_en_0-500.jsonl", 4, null, [30]],
      ["other.jsonl", 1, null, [50]],
      ["payload_en_0-500.jsonl", null, 2.5, [60]],
    ],
  );
  assert.ok(found.every(({ experiment_name }) => experiment_name === "exp"));
});

Deno.test("of a long level 4,000 times at even distances are kept", () => {
  const [level] = serviceTimes(requestsFrame(
    Array.from({ length: 10_000 }, (_, i) => record({ response_ms: i })),
  ));
  assert.equal(level!.times_ms.length, 4000);
  // Every second and a half: 0, 2 (2.5), 5, 7, 10, ...
  assert.deepEqual([...level!.times_ms.slice(0, 5)], [0, 2, 5, 7, 10]);
  assert.equal(level!.times_ms.at(-1), 9997);
});

Deno.test("nothing measured, no level", () => {
  assert.deepEqual(serviceTimes(requestsFrame([failure()])), []);
});
