import assert from "node:assert/strict";
import {
  checkLevel,
  iterationDefaults,
  levelLabel,
  levelOf,
  loadName,
  measuredRequests,
  reserveFor,
} from "../../lib/load/mod.ts";
import { level, spec } from "./made_up.ts";

Deno.test("a level has chunks x concurrency requests, chunks clamped, unless the number is given", () => {
  const count = (concurrency: number, rows: number, requests: number | null = null) =>
    measuredRequests({ requests, concurrency, ...iterationDefaults }, rows);
  assert.equal(count(4, 30), 32); // ceil(30 / 4) = 8 chunks of 4
  assert.equal(count(1, 3), 5); // 3 chunks, at least 5
  assert.equal(count(2, 1000), 210); // 500 chunks, at most 105, of 2
  assert.equal(count(2, 1000, 7), 7);
});

Deno.test("a level is named by experiment, payload file and load", () => {
  assert.equal(loadName(level()), "closed:2");
  assert.equal(levelLabel(level()), "exp-a · p.jsonl · concurrency 2");
});

Deno.test("numbers that make no sense are refused by name", () => {
  checkLevel(spec({ requests: null }));
  assert.throws(
    () => checkLevel(spec({ concurrency: 0 })),
    /concurrency: 0; expected a whole number of at least 1/,
  );
  assert.throws(() => checkLevel(spec({ requests: 1.5 })), /requests: 1\.5/);
  assert.throws(() => checkLevel(spec({ warmup_requests: -1 })), /at least 0/);
  assert.throws(() => checkLevel(spec({ min_iters: 9, max_iters: 8 })), /most iterations: 8; .* at least 9/);
});

Deno.test("an open-loop level is named by its arrivals and its rate", () => {
  const open = spec({ arrival: "step", concurrency: null, rates_rps: [1, 3], duration_ms: 1000 });
  assert.equal(loadName(open), "step:1-3");
  assert.equal(levelLabel(levelOf(open, 0)), "exp-a · p.jsonl · 2/s step");
});

Deno.test("a spec that says no more becomes a level without retries, caps and extras", () => {
  const { max_in_flight, duration_ms, drain_ms, ci_width, retry, cache_busting, shared_prefix } = levelOf(
    spec(),
    3,
  );
  assert.deepEqual([max_in_flight, duration_ms, drain_ms, ci_width], [null, null, 0, null]);
  assert.deepEqual([retry.attempts, cache_busting, shared_prefix], [1, false, null]);
});

Deno.test("the reserve of a level that ends by the clock allows for 20 answers a second and slot", () => {
  assert.equal(reserveFor(1500, 4), 120);
  assert.equal(reserveFor(0, 4), 0);
});
