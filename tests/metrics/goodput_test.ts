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
  tpot_ms: null as number | null,
  response_ms: e2e_ms === null ? null : e2e_ms + 500,
  completion_tokens: 10 as number | null,
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

Deno.test("a value equal to its limit meets it; response time is its own objective", () => {
  const request = { ...attempt(0, 1000, 200), tpot_ms: 40 };
  assert.equal(meets(request, { response_ms: 1500, e2e_ms: 1000, ttft_ms: 200, tpot_ms: 40 }), true);
  assert.equal(meets(request, { response_ms: 1499 }), false);
  assert.equal(meets(request, { tpot_ms: 39.9 }), false);
});

Deno.test("an answer of one token has no time per output token to miss, but a first token to wait for", () => {
  const one = { ...attempt(0, 1000, 300), completion_tokens: 1 };
  assert.equal(meets(one, { tpot_ms: 1 }), true);
  assert.equal(meets(one, { tpot_ms: 1, ttft_ms: 200 }), false);
  assert.equal(meets({ ...one, completion_tokens: 0 }, { tpot_ms: 1 }), true);
  assert.equal(meets({ ...one, completion_tokens: 2 }, { tpot_ms: 1 }), false, "not known");
  assert.equal(meets({ ...one, completion_tokens: null }, { tpot_ms: 1 }), false, "not known");
});

Deno.test("neighbours that are late together make the interval of the share wider", () => {
  const level = (isLate: (i: number) => boolean) =>
    goodput(Array.from({ length: 100 }, (_, i) => attempt(i, isLate(i) ? 2000 : 1000, null)), 1, {
      e2e_ms: 1000,
    }).share;
  const [alone, together] = [level((i) => i % 10 === 0), level((i) => i < 10)];
  assert.deepEqual([alone.value, together.value], [0.9, 0.9]);
  assert.ok(together.low! < alone.low! - 0.1 && together.n === 100, `${together.low} ${alone.low}`);
});

Deno.test("failures are finished and never good, cancelled requests are neither", () => {
  const attempts = [
    attempt(0, 1000, 100),
    attempt(1, null, 100, "error"),
    attempt(2, null, null, "cancelled"),
  ];
  const { share } = goodput(attempts, 1, {});
  assert.deepEqual([share.value, share.n], [0.5, 2]);
});
