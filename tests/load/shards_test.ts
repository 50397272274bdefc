import assert from "node:assert/strict";
import type { Plan } from "../../lib/core/mod.ts";
import { type LevelSpec, shardPlan } from "../../lib/load/mod.ts";
import { endpoint, planOf, spec } from "./made_up.ts";

const closed = (name: string) =>
  [1, 2, 4].map((concurrency) =>
    spec({ endpoint: endpoint({ experiment_name: name }), concurrency, warmup_requests: 2, requests: 6 })
  );

const open = (changes: Partial<LevelSpec> = {}) =>
  spec({ arrival: "poisson", concurrency: null, rates_rps: [200], requests: 400, ...changes });

const idsOf = (plans: readonly Plan[]) =>
  plans.flatMap(({ requests }) => requests.map(({ request_id }) => request_id)).sort();

/** An open loop whose requests are due at these times. */
function dueAt(...times_ms: number[]): Plan {
  const plan = planOf([open({ requests: times_ms.length })]);
  return { ...plan, requests: plan.requests.map((request, i) => ({ ...request, due_ms: times_ms[i]! })) };
}

const indicesOf = (plans: readonly Plan[]) => plans.map(({ requests }) => requests.map(({ index }) => index));

Deno.test("shards hold every request once, whatever the number of workers; a closed loop whole slots together", () => {
  const plan = planOf([...closed("a"), ...closed("b"), open()]);
  for (const workers of [1, 2, 3, 4, 7]) {
    const shards = shardPlan(plan, workers);
    assert.equal(shards.length, workers);
    assert.deepEqual(idsOf(shards), idsOf([plan]));
    for (const [i, { header, requests }] of shards.entries()) {
      assert.deepEqual(header, plan.header);
      const own = requests.filter(({ due_ms }) => due_ms === null);
      assert.ok(own.every(({ slot }) => slot % workers === i));
    }
  }
  assert.throws(() => shardPlan(plan, 0), RangeError);
});

Deno.test("in open loop what is due within 2 ms of the one before has the same worker; the others take turns", () => {
  // Gaps: 1.5, 1.9, 2, 50, 1: three, one, two.
  assert.deepEqual(indicesOf(shardPlan(dueAt(0, 1.5, 3.4, 5.4, 55.4, 56.4), 2)), [[0, 1, 2, 4, 5], [3]]);
  assert.deepEqual(indicesOf(shardPlan(dueAt(0, 10, 20, 30), 3)), [[0, 3], [1], [2]]);
});

Deno.test("a block has 16 requests at most, so that high rates are shared evenly", () => {
  const times = Array.from({ length: 40 }, (_, i) => i / 4);
  const [first, second] = indicesOf(shardPlan(dueAt(...times), 2));
  // 16, 16 and 8.
  assert.deepEqual(second, Array.from({ length: 16 }, (_, i) => 16 + i));
  assert.equal(first!.length, 24);
});

Deno.test("a cap on what is in flight is shared out too; with fewer of it than workers, some have nothing to do", () => {
  const capsOf = (cap: number, workers: number) =>
    shardPlan(planOf([open({ max_in_flight: cap })]), workers)
      .map(({ header, requests }) => requests.length === 0 ? 0 : header.levels[0]!.max_in_flight);
  assert.deepEqual(capsOf(8, 1), [8]);
  assert.deepEqual(capsOf(8, 3), [3, 3, 2]);
  assert.deepEqual(capsOf(2, 4), [1, 1, 0, 0]);
});
