import assert from "node:assert/strict";
import { goodput, meets } from "../../lib/metrics/mod.ts";

const attempt = (i: number, e2e_ms: number | null, ttft_ms: number | null, status = "ok") => ({
  request_id: `r${i}`,
  attempt: 1,
  segment: "1",
  worker: "1",
  phase: "measure",
  status,
  sent_ms: i * 1000,
  ended_ms: i * 1000 + 1000,
  sent_at: null,
  e2e_ms,
  ttft_ms,
  tpot_ms: null,
});

Deno.test("only successes that meet every objective are good", () => {
  const attempts = [
    attempt(0, 1000, 100),
    attempt(1, 1000, 300),
    attempt(2, null, 100, "error"),
    attempt(3, 1000, 200),
    attempt(4, 1000, 100),
  ];
  const { per_s, share } = goodput(attempts, 1, { e2e_ms: 1000, ttft_ms: 200 });
  // Window 0..4 s; of the ends at 1, 2, 3, 4 s those of requests 0 and 3 are good: 2 / 4 s.
  assert.equal(per_s, 0.5);
  // Requests 0, 3 and 4 of five finished ones.
  assert.deepEqual([share.value, share.n], [0.6, 5]);
});

Deno.test("a figure that is not known meets no objective, one that is not asked for does no harm", () => {
  assert.equal(meets(attempt(0, 1000, null), { ttft_ms: 200 }), false);
  assert.equal(meets(attempt(0, 1000, null), { e2e_ms: 1000 }), true);
  assert.equal(meets(attempt(0, 1000.1, null), { e2e_ms: 1000 }), false);
});

Deno.test("nothing measured, no goodput", () => {
  const { per_s, share } = goodput([], 1, { e2e_ms: 1 });
  assert.deepEqual([per_s, share.value], [null, null]);
});
