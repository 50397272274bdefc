import assert from "node:assert/strict";
import { judgeCell, qualifies } from "../../lib/metrics/mod.ts";
import { cell } from "./cells.ts";

const budgets = {
  latency_budget: 2,
  latency_statistic: "p95" as const,
  cost_per_10k_txn_budget: 50,
  error_rate_budget: 0,
  accuracy_budget: null,
  cosine_similarity_budget: null,
  accuracy_error_rate_budget: null,
};

Deno.test("a value equal to its budget keeps it", () => {
  // 2000 ms = 2 s; 0.005 x 10,000 = 50.
  assert.deepEqual(judgeCell(cell({ p95_ms: 2000, cost: 0.005 }), budgets), {
    latency: "pass",
    cost: "pass",
    error_rate: "pass",
    accuracy: "pass",
    similarity: "pass",
    unjudged: "pass",
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

Deno.test("similarity and answers without a verdict have budgets of their own, each flipping at its value", () => {
  const estimate = (value: number) => ({ value, low: null, high: null, n: 50, flagged: false });
  const near = { ...cell({}), similarity: estimate(0.62), unjudged: estimate(0.04) };
  const against = (cosine_similarity_budget: number | null, accuracy_error_rate_budget: number | null) => {
    const { similarity, unjudged } = judgeCell(near, {
      ...budgets,
      cosine_similarity_budget,
      accuracy_error_rate_budget,
    });
    return [similarity, unjudged];
  };
  assert.deepEqual(against(0.62, 0.04), ["pass", "pass"]);
  assert.deepEqual(against(0.63, 0.03), ["fail", "fail"]);
  assert.deepEqual(against(null, null), ["pass", "pass"]);
});

Deno.test("what is not known is neither pass nor fail, and does not qualify", () => {
  const criteria = judgeCell(cell({ p95_ms: null, cost: null, error_rate: null }), {
    ...budgets,
    accuracy_budget: 0.5,
    cosine_similarity_budget: 0.5,
    accuracy_error_rate_budget: 0.5,
  });
  assert.deepEqual(criteria, {
    latency: "unknown",
    cost: "unknown",
    error_rate: "unknown",
    accuracy: "unknown",
    similarity: "unknown",
    unjudged: "unknown",
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
