import assert from "node:assert/strict";
import { judgeCell, qualifies } from "../../lib/metrics/mod.ts";
import { cell } from "./cells.ts";

const budgets = {
  latency_budget: 2,
  cost_per_10k_txn_budget: 50,
  error_rate_budget: 0,
  accuracy_budget: null,
};

Deno.test("a value equal to its budget keeps it", () => {
  // 2000 ms = 2 s; 0.005 x 10,000 = 50.
  assert.deepEqual(judgeCell(cell({ p95_ms: 2000, cost: 0.005 }), budgets), {
    latency: "pass",
    cost: "pass",
    error_rate: "pass",
    accuracy: "pass",
  });
});

Deno.test("each budget is judged for itself", () => {
  assert.equal(judgeCell(cell({ p95_ms: 2000.1 }), budgets).latency, "fail");
  assert.equal(judgeCell(cell({ cost: 0.00501 }), budgets).cost, "fail");
  // FMBench rounds 0.004 to 0.00 and lets it pass.
  assert.equal(judgeCell(cell({ error_rate: 0.004 }), budgets).error_rate, "fail");
  assert.equal(judgeCell(cell({ accuracy: 0.8 }), { ...budgets, accuracy_budget: 0.81 }).accuracy, "fail");
  assert.equal(judgeCell(cell({ accuracy: 0.8 }), { ...budgets, accuracy_budget: 0.8 }).accuracy, "pass");
});

Deno.test("what is not known is neither pass nor fail, and does not qualify", () => {
  const criteria = judgeCell(cell({ p95_ms: null, cost: null, error_rate: null }), {
    ...budgets,
    accuracy_budget: 0.5,
  });
  assert.deepEqual(criteria, {
    latency: "unknown",
    cost: "unknown",
    error_rate: "unknown",
    accuracy: "unknown",
  });
  assert.equal(qualifies({ ...criteria, latency: "pass", cost: "pass", error_rate: "pass" }), false);
});

Deno.test("a budget of zero is a budget", () => {
  assert.equal(judgeCell(cell({ cost: 0 }), { ...budgets, cost_per_10k_txn_budget: 0 }).cost, "pass");
  assert.equal(judgeCell(cell({ cost: 1e-9 }), { ...budgets, cost_per_10k_txn_budget: 0 }).cost, "fail");
});

Deno.test("a cost that is not asked for is kept, whether it is known or not", () => {
  const unasked = { ...budgets, cost_per_10k_txn_budget: null };
  assert.equal(judgeCell(cell({ cost: 1e9 }), unasked).cost, "pass");
  assert.equal(judgeCell(cell({ cost: null }), unasked).cost, "pass");
});
