import assert from "node:assert/strict";
import { elapsed, gapFigures, outputTokensPerS, tpotMs } from "../../lib/metrics/mod.ts";

const streamed = {
  sent_ms: 1000,
  first_token_ms: 1120,
  last_token_ms: 1920,
  completion_tokens: 41,
};

Deno.test("figures of a streamed request", () => {
  // 1120 - 1000; (1920 - 1120) / (41 - 1); 40 tokens in 0.8 s.
  assert.equal(elapsed(streamed.sent_ms, streamed.first_token_ms), 120);
  assert.equal(tpotMs(streamed), 20);
  assert.equal(outputTokensPerS(streamed), 50);
});

Deno.test("a request that was not streamed has nothing to say about tokens", () => {
  const whole = { ...streamed, first_token_ms: null, last_token_ms: null };
  assert.deepEqual([elapsed(whole.sent_ms, whole.first_token_ms), tpotMs(whole), outputTokensPerS(whole)], [
    null,
    null,
    null,
  ]);
});

Deno.test("there is no time per token under two tokens, nor when nobody counted", () => {
  for (const completion_tokens of [0, 1, null]) {
    assert.equal(tpotMs({ ...streamed, completion_tokens }), null);
    assert.equal(outputTokensPerS({ ...streamed, completion_tokens }), null);
  }
  // 800 / 1
  assert.equal(tpotMs({ ...streamed, completion_tokens: 2 }), 800);
});

Deno.test("tokens that came all at once say nothing about speed", () => {
  assert.equal(outputTokensPerS({ ...streamed, last_token_ms: 1120 }), null);
  assert.equal(tpotMs({ ...streamed, last_token_ms: 1120 }), null);
});

Deno.test("what is not known has no distance to anything", () => {
  assert.deepEqual([elapsed(null, 5), elapsed(5, null), elapsed(5, 7)], [null, null, 2]);
});

Deno.test("gaps between chunks in whole microseconds", () => {
  // Arrivals in us: 100,000, 110,000, 130,000.4 -> 130,000, 160,000.4 -> 160,000. Sorted gaps 10, 20, 30: median 20; a p99
  // of three gaps is hidden.
  assert.deepEqual(gapFigures([100, 110, 130.0004, 160.0004]), {
    itl_us: [10_000, 20_000, 30_000],
    itl_p50_ms: 20,
    itl_p99_ms: null,
    itl_max_ms: 30,
  });
});

Deno.test("a hundred gaps have a p99: 1 to 100 ms, at 99 x 0.99 = 98.01 -> 99 + 0.01 x 1 = 99.01", () => {
  const arrivals = [0];
  for (let gap = 1; gap <= 100; gap++) arrivals.push(arrivals.at(-1)! + gap);
  assert.equal(gapFigures(arrivals).itl_p99_ms, 99.01);
});

Deno.test("one chunk has no gap", () => {
  const none = { itl_us: null, itl_p50_ms: null, itl_p99_ms: null, itl_max_ms: null };
  assert.deepEqual(gapFigures([100]), { ...none, itl_us: [] });
  assert.deepEqual(gapFigures([]), none);
});
