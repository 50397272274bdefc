import assert from "node:assert/strict";
import type { Plan } from "../../lib/core/mod.ts";
import { LevelGate } from "../../lib/load/level_gate.ts";
import type { ToWorker } from "../../lib/load/messages.ts";
import { planOf, spec } from "./made_up.ts";

/** A gate over two workers that were started at 500 ms; notes what it tells them and the progress. */
function gated(plan: Plan) {
  const told: ToWorker[][] = [[], []];
  const events: string[] = [];
  const crew = told.map((messages) => ({ tell: (message: ToWorker) => messages.push(message) }));
  const [a, b] = crew as [typeof crew[number], typeof crew[number]];
  const gate = new LevelGate({
    plan,
    crew,
    progress: {
      begin: (level) => events.push(`begin ${level}`),
      end: (level) => events.push(`end ${level}`),
    },
    onEnd: (level, ended_by) => events.push(`${level} ended by ${ended_by}`),
    now: () => 500,
  });
  return { gate, told, events, a, b };
}

const level = (concurrency: number) => spec({ concurrency });

Deno.test("a level begins for all at one time when all have read their shard, or have done the one before", () => {
  const { gate, told, events, a, b } = gated(planOf([level(1), level(2)]));
  gate.ready(a);
  assert.deepEqual(told, [[], []]);
  gate.ready(b);
  // 20 ms of notice.
  assert.deepEqual(told, [[{ start: 0, at_ms: 520 }], [{ start: 0, at_ms: 520 }]]);
  gate.done(a, 0, "requests");
  assert.equal(told[0]!.length, 1);
  gate.done(b, 0, "requests");
  assert.deepEqual(told[1], [{ start: 0, at_ms: 520 }, { start: 1, at_ms: 520 }]);
  gate.done(a, 1, "duration");
  gate.done(b, 1, "requests");
  assert.deepEqual(gate.ends, [[0, "requests"], [1, "duration"]]);
  assert.deepEqual(events, [
    "begin 0",
    "0 ended by requests",
    "end 0",
    "begin 1",
    "1 ended by duration",
    "end 1",
  ]);
});

Deno.test("a level that one worker gives up is left by all, and that is its end", () => {
  const { gate, told, a, b } = gated(planOf([level(1)]));
  gate.ready(a);
  gate.ready(b);
  gate.done(a, 0, "error_rate");
  assert.deepEqual(told[1]!.at(-1), { skip: 0 });
  gate.done(b, 0, "requests");
  assert.deepEqual(gate.ends, [[0, "error_rate"]]);
});

Deno.test("a level ends when the latencies of all workers together are narrow enough", () => {
  const { gate, told, a, b } = gated(planOf([spec({ ci_width: 0.05 })]));
  const latencies = (e2e_ms: number[]) =>
    gate.heard(a, { progress: 0, done: 0, errors: 0, cancelled: 0, service_ms: 0, e2e_ms });
  gate.ready(a);
  gate.ready(b);
  const alternating = Array.from({ length: 20 }, (_, i) => 100 + i % 2);
  latencies(alternating);
  assert.equal(told[0]!.length, 1);
  latencies(alternating);
  assert.deepEqual(told.map((messages) => messages.at(-1)), [{ skip: 0 }, { skip: 0 }]);
  gate.done(a, 0, "requests");
  gate.done(b, 0, "requests");
  assert.deepEqual(gate.ends, [[0, "ci_width"]]);
});

Deno.test("a level whose beginning was sent in an earlier segment goes on where it was, without the wait", () => {
  const whole = planOf([spec({ arrival: "constant", concurrency: null, rates_rps: [10], requests: 50 })]);
  const rest = { ...whole, requests: whole.requests.filter(({ index }) => index >= 30) };
  const { gate, told, a, b } = gated(rest);
  gate.ready(a);
  gate.ready(b);
  // Request 30 is due at 30.5 / 10 s: the level's zero lies that long before.
  assert.deepEqual(told[0], [{ start: 0, at_ms: 520 - 3050 }]);
});

Deno.test("a level that an earlier segment has finished with is passed through, and its end is not told anew", () => {
  const whole = planOf([level(1), level(2)]);
  const { gate, events, a, b } = gated({
    ...whole,
    requests: whole.requests.filter(({ level }) => level === 1),
  });
  for (const worker of [a, b]) gate.ready(worker);
  for (const worker of [a, b]) gate.done(worker, 0, "requests");
  for (const worker of [a, b]) gate.done(worker, 1, "requests");
  assert.deepEqual(gate.ends, [[1, "requests"]]);
  assert.deepEqual(events, ["begin 0", "end 0", "begin 1", "1 ended by requests", "end 1"]);
});

Deno.test("a level gives up when too many of all workers' requests have failed, however few of each", () => {
  const { gate, told, a, b } = gated(planOf([spec({ stop_error_rate: 0.5 })]));
  const heard = (worker: typeof a, done: number, errors: number) =>
    gate.heard(worker, { progress: 0, done, errors, cancelled: 0, service_ms: 0 });
  gate.ready(a);
  gate.ready(b);
  // 10 of 19, too few to judge; then 11 of 20.
  heard(a, 10, 5);
  heard(b, 9, 5);
  assert.equal(told[0]!.length, 1);
  heard(b, 10, 6);
  assert.deepEqual(told.map((messages) => messages.slice(1)), [[{ skip: 0 }], [{ skip: 0 }]]);
  gate.done(a, 0, "requests");
  gate.done(b, 0, "requests");
  assert.deepEqual(gate.ends, [[0, "error_rate"]]);
});

Deno.test("a level goes on without a worker that is lost, and the next one begins without it", () => {
  const { gate, told, a, b } = gated(planOf([level(1), level(2)]));
  gate.ready(a);
  gate.ready(b);
  gate.done(a, 0, "requests");
  gate.lost(b);
  assert.deepEqual(gate.ends, [[0, "requests"]]);
  assert.deepEqual(told.map((messages) => messages.length), [2, 1]);
  gate.lost(a);
  assert.deepEqual(gate.ends, [[0, "requests"]], "a level that all have lost is not over");
});

Deno.test("workers on other machines begin together after a pause, which a loss does not end", async () => {
  const told: ToWorker[][] = [[], []];
  const pauses: (readonly [number | null, number | null])[] = [];
  let resume = () => {};
  const crew = told.map((messages) => ({ tell: (message: ToWorker) => messages.push(message) }));
  const gate = new LevelGate({
    plan: planOf([level(1)]),
    crew,
    progress: { begin() {}, end() {} },
    onEnd() {},
    now: () => 500,
    notice_ms: 700,
    between(ended, begins) {
      pauses.push([ended, begins]);
      return new Promise((resolve) => resume = resolve);
    },
  });
  for (const worker of crew) gate.ready(worker);
  gate.lost(crew[1]!);
  assert.deepEqual(told, [[], []]);
  resume();
  await gate.settled;
  assert.deepEqual(told, [[{ start: 0, at_ms: 1200, begin_ms: 1200 }], []]);
  gate.done(crew[0]!, 0, "requests");
  resume();
  await gate.settled;
  assert.deepEqual(pauses, [[null, 0], [0, null]]);
});
