import assert from "node:assert/strict";
import { join } from "node:path";
import type { Billing } from "../../lib/deploy/deployer.ts";
import { hourlyCost, runningCosts } from "../../lib/deploy/running_cost.ts";

const billing: Billing = { instance_type: "ml.g5.xlarge", instance_count: 2, per_hour: 3, currency: "USD" };

/** A run whose ledger has these lines. */
async function withLedger(lines: readonly Record<string, unknown>[]): Promise<string> {
  const run = await Deno.makeTempDir();
  await Deno.mkdir(join(run, "models"));
  const text = lines.map((line) => JSON.stringify({ tags: {}, id: null, ...line }) + "\n").join("");
  await Deno.writeTextFile(join(run, "models", "ledger.jsonl"), text);
  return run;
}

const at = (time: string) => `2026-11-22T${time}:00.000Z`;

Deno.test("hours count from the intent, to the end or to now", async () => {
  const run = await withLedger([
    { at: at("10:00"), event: "intent", kind: "e", name: "ended", billing },
    { at: at("10:10"), event: "created", kind: "e", name: "ended", id: "1", billing },
    { at: at("11:00"), event: "intent", kind: "e", name: "open", billing: { ...billing, per_hour: 8 } },
    { at: at("12:00"), event: "deleted", kind: "e", name: "ended", id: "1" },
  ]);
  const costs = runningCosts(run, new Date(at("11:30")));
  assert.deepEqual(
    costs.map(({ name, since, until, hours, cost }) => ({ name, since, until, hours, cost })),
    [
      { name: "ended", since: at("10:00"), until: at("12:00"), hours: 2, cost: 6 },
      { name: "open", since: at("11:00"), until: null, hours: 0.5, cost: 4 },
    ],
  );
  assert.equal(hourlyCost(costs), 8);
});

Deno.test("what costs nothing is not in it; without a price nobody knows the sum", async () => {
  const run = await withLedger([
    { at: at("10:00"), event: "intent", kind: "group", name: "g" },
    { at: at("10:00"), event: "intent", kind: "e", name: "unknown", billing: { ...billing, per_hour: null } },
    { at: at("10:00"), event: "intent", kind: "e", name: "known", billing },
  ]);
  const costs = runningCosts(run, new Date(at("11:00")));
  assert.deepEqual(costs.map(({ name, cost }) => [name, cost]), [["unknown", null], ["known", 3]]);
  assert.equal(hourlyCost(costs), null);
});

Deno.test("what was made again after it was removed is paid twice, each for its own hours", async () => {
  const run = await withLedger([
    { at: at("10:00"), event: "created", kind: "e", name: "e", id: "1", billing },
    { at: at("11:00"), event: "deleted", kind: "e", name: "e", id: "1", billing },
    { at: at("12:00"), event: "created", kind: "e", name: "e", id: "2", billing },
  ]);
  const costs = runningCosts(run, new Date(at("12:20")));
  assert.deepEqual(costs.map(({ hours, cost }) => [hours, cost]), [[1, 3], [1 / 3, 1]]);
});
