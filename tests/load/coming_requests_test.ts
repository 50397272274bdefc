import assert from "node:assert/strict";
import { comingRequests, measuredRate } from "../../lib/load/coming_requests.ts";
import type { LevelSpec, TraceRequest } from "../../lib/load/mod.ts";
import { spec } from "./made_up.ts";

const phases = (changes: Partial<LevelSpec>) => {
  const counts: Record<string, number> = {};
  for (const { phase } of comingRequests(spec(changes), 30, 1)) counts[phase] = (counts[phase] ?? 0) + 1;
  return counts;
};

Deno.test("a closed loop that ends by the clock has a reserve, one that ends by number has that number", () => {
  const closed = { concurrency: 3, warmup_requests: 2 };
  assert.deepEqual(phases({ ...closed, requests: 7 }), { warmup: 2, measure: 7 });
  assert.deepEqual(phases({ ...closed, requests: 7, duration_ms: 60_000 }), { warmup: 2, measure: 7 });
  // 20 a second in each of 3 slots for 2 s; for the drain of 0.5 s 10 in each slot.
  assert.deepEqual(phases({ ...closed, requests: null, duration_ms: 2000, drain_ms: 500 }), {
    warmup: 2,
    measure: 120,
    drain: 30,
  });
  assert.equal(phases({ requests: null, concurrency: 500, duration_ms: 3_600_000 })["measure"], 100_000);
});

const trace: TraceRequest[] = [0, 100, 200, 300, 1000, 1500].map((at_ms, i) => ({
  at_ms,
  prompt_tokens: 10 + i,
  completion_tokens: i === 3 ? 0 : 20 + i,
}));
const replay = (changes: Partial<LevelSpec>) =>
  comingRequests(
    spec({ arrival: "trace", concurrency: null, trace, requests: null, ...changes }),
    30,
    1,
  ).map(({ due_ms, phase }) => [due_ms, phase]);

Deno.test("a trace is replayed at its times, the first requests as warm-up", () => {
  assert.deepEqual(replay({ warmup_requests: 2 }), [
    [0, "warmup"],
    [100, "warmup"],
    [200, "measure"],
    [300, "measure"],
    [1000, "measure"],
    [1500, "measure"],
  ]);
  // The measure phase begins with the last warm-up request, at 100, and lasts 500 ms; 600 ms of drain follow.
  assert.deepEqual(replay({ warmup_requests: 2, duration_ms: 500, drain_ms: 600 }), [
    [0, "warmup"],
    [100, "warmup"],
    [200, "measure"],
    [300, "measure"],
    [1000, "drain"],
  ]);
  assert.deepEqual(replay({ requests: 2, drain_ms: 250 }), [
    [0, "measure"],
    [100, "measure"],
    [200, "drain"],
    [300, "drain"],
  ]);
});

Deno.test("a trace says how long prompts and answers are; an answer of no tokens sets no cap", () => {
  const coming = comingRequests(spec({ arrival: "trace", concurrency: null, trace, requests: null }), 30, 1);
  assert.deepEqual(coming.map(({ prompt_tokens, max_tokens }) => [prompt_tokens, max_tokens]).slice(2, 4), [
    [12, 22],
    [13, null],
  ]);
});

Deno.test("the rate of a replay is that of its measured requests, not of the whole trace", () => {
  const rate = (changes: Partial<LevelSpec>) =>
    measuredRate(comingRequests(spec({ arrival: "trace", concurrency: null, trace, ...changes }), 30, 1));
  assert.equal(rate({ requests: 3 }), 10); // 0, 100, 200: two gaps of 100 ms
  assert.equal(rate({ requests: null, warmup_requests: 2 }), 2.308); // 200, 300, 1000, 1500: 3 / 1.3 s
  assert.equal(rate({ requests: 1 }), 1);
});
