import assert from "node:assert/strict";
import type { Clock } from "../../lib/core/mod.ts";
import { LoadProgress } from "../../lib/load/mod.ts";
import { planOf, spec } from "./made_up.ts";

Deno.test("progress adds up workers and levels, with the rate of the last seconds and the time left", () => {
  let now = 0;
  const clock: Clock = { now: () => now, date: () => new Date(now), sleepUntil: () => Promise.resolve() };
  const plan = planOf([spec({ requests: 20, concurrency: 2 }), spec({ requests: 40, concurrency: 4 })]);
  const [first, second] = plan.header.levels.map(({ concurrency }) => concurrency) as [number, number];
  const size = (concurrency: number) => concurrency * 10;
  const progress = new LoadProgress(plan, clock);
  progress.begin(0);
  assert.deepEqual(progress.event(), {
    at: "1970-01-01T00:00:00.000Z",
    step: "3_run_inference",
    label: `exp-a · p.jsonl · concurrency ${first}`,
    done: 0,
    total: 60,
    errors: 0,
    rate_per_s: null,
    eta_s: null,
  });

  now = 2000;
  progress.take("w0", { progress: 0, done: 3, errors: 1, cancelled: 0, service_ms: 600 });
  progress.take("w1", { progress: 0, done: 2, errors: 0, cancelled: 0, service_ms: 400 });
  const early = progress.event();
  assert.deepEqual([early.done, early.errors, early.rate_per_s], [5, 1, 2.5]); // 5 in 2 s
  // 1000 ms / 5 = 200 ms a request: what is left of this level and all of the next, N at a time.
  const left = (size(first) - 5) * 0.2 / first + size(second) * 0.2 / second;
  assert.ok(Math.abs(early.eta_s! - left) < 1e-9, `${early.eta_s} is not ${left}`);

  now = 10_000;
  progress.take("w0", { progress: 0, done: size(first) - 2, errors: 1, cancelled: 0, service_ms: 600 });
  progress.begin(1);
  progress.event();
  now = 16_000;
  progress.take("w0", { progress: 1, done: 12, errors: 0, cancelled: 0, service_ms: 600 });
  const late = progress.event();
  assert.equal(late.done, size(first) + 12);
  assert.equal(late.rate_per_s, 2); // 12 since the event at 10 s, the newest one at least 5 s ago
  assert.equal(late.label, `exp-a · p.jsonl · concurrency ${second}`);
});

Deno.test("an open loop is over when its schedule is; what a stop rule left out is not to come", () => {
  let now = 0;
  const clock: Clock = { now: () => now, date: () => new Date(now), sleepUntil: () => Promise.resolve() };
  const plan = planOf([
    spec({ arrival: "constant", concurrency: null, rates_rps: [2], requests: 20 }),
    spec({ concurrency: 1, requests: null, duration_ms: 5000 }),
  ]);
  const [first] = plan.header.levels;
  const timed = first!.concurrency === null ? 1 : 0;
  const progress = new LoadProgress(plan, clock);
  const took = (level: number, done: number) =>
    progress.take("w0", { progress: level, done, errors: 0, cancelled: 0, service_ms: done * 100 });
  progress.begin(timed);
  now = 1000;
  took(timed, 10);
  // 20 planned and a reserve of 100. Of the five seconds four are left, and 100 ms for the last answer; then 9.75 s + 0.1.
  const event = progress.event();
  assert.equal(event.total, 120);
  const left = timed === 0 ? 4.1 + 9.85 : 4.1;
  assert.ok(Math.abs(event.eta_s! - left) < 1e-9, `${event.eta_s}`);
  progress.end(timed);
  assert.equal(progress.event().total, 30);
});
