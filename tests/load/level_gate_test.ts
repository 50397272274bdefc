import assert from "node:assert/strict";
import type { Plan } from "../../lib/core/mod.ts";
import { LevelGate } from "../../lib/load/level_gate.ts";
import type { ToWorker } from "../../lib/load/messages.ts";
import { planOf, spec } from "./made_up.ts";

/** A gate over two workers that were started at 500 ms; notes what it tells them and the progress. */
function gated(plan: Plan) {
  const told: ToWorker[][] = [[], []];
  const events: string[] = [];
  const gate = new LevelGate({
    plan,
    crew: told.map((messages) => ({ tell: (message) => messages.push(message) })),
    progress: {
      begin: (level) => events.push(`begin ${level}`),
      end: (level) => events.push(`end ${level}`),
    },
    onEnd: (level, ended_by) => events.push(`${level} ended by ${ended_by}`),
    now: () => 500,
  });
  return { gate, told, events };
}

const level = (concurrency: number) => spec({ concurrency });

Deno.test("a level begins for all at one time when all have read their shard, or have done the one before", () => {
  const { gate, told, events } = gated(planOf([level(1), level(2)]));
  gate.ready();
  assert.deepEqual(told, [[], []]);
  gate.ready();
  // 20 ms of notice.
  assert.deepEqual(told, [[{ start: 0, at_ms: 520 }], [{ start: 0, at_ms: 520 }]]);
  gate.done(0, "requests");
  assert.equal(told[0]!.length, 1);
  gate.done(0, "requests");
  assert.deepEqual(told[1], [{ start: 0, at_ms: 520 }, { start: 1, at_ms: 520 }]);
  gate.done(1, "duration");
  gate.done(1, "requests");
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
  const { gate, told } = gated(planOf([level(1)]));
  gate.ready();
  gate.ready();
  gate.done(0, "error_rate");
  assert.deepEqual(told[1]!.at(-1), { skip: 0 });
  gate.done(0, "requests");
  assert.deepEqual(gate.ends, [[0, "error_rate"]]);
});

Deno.test("a level ends when the latencies of all workers together are narrow enough", () => {
  const { gate, told } = gated(planOf([spec({ ci_width: 0.05 })]));
  const latencies = (e2e_ms: number[]) =>
    gate.samples({ progress: 0, done: 0, errors: 0, cancelled: 0, service_ms: 0, e2e_ms });
  gate.ready();
  gate.ready();
  const alternating = Array.from({ length: 20 }, (_, i) => 100 + i % 2);
  latencies(alternating);
  assert.equal(told[0]!.length, 1);
  latencies(alternating);
  assert.deepEqual(told.map((messages) => messages.at(-1)), [{ skip: 0 }, { skip: 0 }]);
  gate.done(0, "requests");
  gate.done(0, "requests");
  assert.deepEqual(gate.ends, [[0, "ci_width"]]);
});

Deno.test("a level whose beginning was sent in an earlier segment goes on where it was, without the wait", () => {
  const whole = planOf([spec({ arrival: "constant", concurrency: null, rates_rps: [10], requests: 50 })]);
  const rest = { ...whole, requests: whole.requests.filter(({ index }) => index >= 30) };
  const { gate, told } = gated(rest);
  gate.ready();
  gate.ready();
  // Request 30 is due at 30.5 / 10 s: the level's zero lies that long before.
  assert.deepEqual(told[0], [{ start: 0, at_ms: 520 - 3050 }]);
});

Deno.test("a level that an earlier segment has finished with is passed through, and its end is not told anew", () => {
  const whole = planOf([level(1), level(2)]);
  const { gate, events } = gated({ ...whole, requests: whole.requests.filter(({ level }) => level === 1) });
  for (let i = 0; i < 2; i++) gate.ready();
  for (let i = 0; i < 2; i++) gate.done(0, "requests");
  for (let i = 0; i < 2; i++) gate.done(1, "requests");
  assert.deepEqual(gate.ends, [[1, "requests"]]);
  assert.deepEqual(events, ["begin 0", "end 0", "begin 1", "1 ended by requests", "end 1"]);
});
