import assert from "node:assert/strict";
import type { LevelEnd } from "../../lib/core/mod.ts";
import { outcomeOf } from "../../lib/load/mod.ts";
import { endpoint, planOf, record, spec } from "./made_up.ts";

const plan = planOf([
  spec({ requests: 5 }),
  spec({ requests: 2, endpoint: endpoint({ experiment_name: "b" }) }),
]);
const a = plan.header.levels.find(({ endpoint }) => endpoint.experiment_name === "exp-a")!.level;
const ids = plan.requests.filter(({ level }) => level === a).map(({ request_id }) => request_id);
const [first, second, third, fourth] = ids as [string, string, string, string, string];

Deno.test("planned is ok + errors + cancelled + pending, by request and by its last attempt", () => {
  const outcome = outcomeOf(plan, [
    record({ request_id: first, sent_ms: 1000, ended_ms: 2000 }),
    record({ request_id: second, attempt: 2, sent_ms: 1700, ended_ms: 3500 }),
    record({ request_id: second, attempt: 1, status: "error", sent_ms: 1200, ended_ms: 1600 }),
    record({ request_id: third, status: "error", sent_ms: null, ended_ms: 9000 }),
    record({ request_id: fourth, status: "cancelled", sent_ms: 2000, ended_ms: 2100 }),
  ]);
  const { levels: _levels, ...total } = outcome;
  assert.deepEqual(total, { planned: 7, ok: 2, errors: 1, cancelled: 1, pending: 3 });
  const { level: _level, ...ofA } = outcome.levels[a]!;
  // From 1000 to 3500 ms.
  assert.deepEqual(ofA, {
    planned: 5,
    ok: 2,
    errors: 1,
    cancelled: 1,
    pending: 1,
    duration_s: 2.5,
    ended_by: null,
  });
  const { level: _other, ...ofB } = outcome.levels[1 - a]!;
  assert.deepEqual(ofB, {
    planned: 2,
    ok: 0,
    errors: 0,
    cancelled: 0,
    pending: 2,
    duration_s: null,
    ended_by: null,
  });
});

Deno.test("a record that was not planned and an attempt told twice break the accounts", () => {
  assert.throws(() => outcomeOf(plan, [record({ request_id: "stranger" })]), /not planned: "stranger"/);
  assert.throws(
    () => outcomeOf(plan, [record({ request_id: first }), record({ request_id: first })]),
    /twice/,
  );
});

Deno.test("what a stop rule left unsent is not counted; what an error rate left is pending", () => {
  const records = [record({ request_id: first, sent_ms: 1000, ended_ms: 2000 })];
  const of = (end: LevelEnd) => {
    const { planned, ok, pending, ended_by } = outcomeOf(plan, records, new Map([[a, end]])).levels[a]!;
    return [planned, ok, pending, ended_by];
  };
  assert.deepEqual(of("duration"), [1, 1, 0, "duration"]);
  assert.deepEqual(of("ci_width"), [1, 1, 0, "ci_width"]);
  assert.deepEqual(of("error_rate"), [5, 1, 4, "error_rate"]);
  assert.deepEqual(of("requests"), [5, 1, 4, "requests"]);
  // The other level's two requests are pending in any case.
  assert.equal(outcomeOf(plan, records, new Map([[a, "duration"]])).planned, 3);
});
