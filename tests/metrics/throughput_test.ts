import assert from "node:assert/strict";
import { mean, throughput } from "../../lib/metrics/mod.ts";
import { closedLoop } from "./closed_loop.ts";

const attempt = (request_id: string, sent_ms: number, ended_ms: number, more = {}) => ({
  request_id,
  segment: "1",
  worker: "1",
  phase: "measure",
  status: "ok",
  sent_ms,
  ended_ms,
  completion_tokens: 10 as number | null,
  ...more,
});

Deno.test("transactions per minute are not rounded", () => {
  // One in flight, 30 s each: window 0..60 s, ends at 30 and 60 s inside: 2 / 60 s x 60 = 2. FMBench says 1.8, then 1.
  const attempts = [attempt("a", 0, 30_000), attempt("b", 30_000, 60_000), attempt("c", 60_000, 90_000)];
  assert.deepEqual(throughput(attempts, 1), {
    window_s: 60,
    transactions_per_minute: 2,
    // 2 x 10 tokens / 60 s
    completion_tokens_per_s: 20 / 60,
  });
});

Deno.test("counts of two segments are added before they are divided by the time of both", () => {
  // Segment 1: 2 successes in 60 s; segment 2: 1 success in 90 s. 3 / 150 s x 60 = 1.2, not (2 + 0.667) / 2.
  const attempts = [
    attempt("a", 0, 30_000),
    attempt("b", 30_000, 60_000),
    attempt("c", 60_000, 90_000),
    attempt("d", 500_000, 590_000, { segment: "2" }),
    attempt("e", 590_000, 600_000, { segment: "2" }),
  ];
  const { window_s, transactions_per_minute } = throughput(attempts, 1);
  assert.equal(window_s, 150);
  assert.equal(transactions_per_minute!.toFixed(12), "1.200000000000");
});

Deno.test("a level in which all failed has a rate of zero", () => {
  const attempts = [0, 1, 2].map((i) =>
    attempt(`r${i}`, i * 1000, i * 1000 + 1000, { status: "error", completion_tokens: null })
  );
  assert.deepEqual(throughput(attempts, 1), {
    window_s: 2,
    transactions_per_minute: 0,
    completion_tokens_per_s: 0,
  });
});

Deno.test("tokens that nobody counted make their rate unknown, not zero", () => {
  const attempts = [attempt("a", 0, 1000, { completion_tokens: null }), attempt("b", 1000, 2000)];
  const { transactions_per_minute, completion_tokens_per_s } = throughput(attempts, 1);
  assert.deepEqual([transactions_per_minute, completion_tokens_per_s], [60, null]);
});

Deno.test("nothing measured, nothing known", () => {
  assert.deepEqual(throughput([], 4), {
    window_s: null,
    transactions_per_minute: null,
    completion_tokens_per_s: null,
  });
});

for (const concurrency of [1, 4, 16]) {
  for (const warmup of [0, 50]) {
    Deno.test(`Little's law holds for ${concurrency} in flight and ${warmup} warm-up requests`, () => {
      const attempts = closedLoop({ concurrency, warmup, requests: 5000, mean_ms: 800, seed: 11 });
      const measured = attempts.filter(({ phase }) => phase === "measure").map(({ e2e_ms }) => e2e_ms);
      const perSecond = throughput(attempts, concurrency).transactions_per_minute! / 60;
      const little = concurrency / (mean(measured)! / 1000);
      assert.ok(Math.abs(perSecond / little - 1) < 0.02, `${perSecond} per second, N / latency = ${little}`);
    });
  }
}
