import assert from "node:assert/strict";
import { nearestMiss, standings } from "../../lib/report/mod.ts";
import { budgets, cell, estimate, percentiles, slowCell } from "./rows.ts";

Deno.test("standings() give value, budget and relative excess of each criterion", () => {
  const poor = cell({
    e2e_ms: percentiles(1000, 3000, null),
    cost_per_10k_transactions: 12,
    error_rate: estimate(0.03),
    accuracy: estimate(0.6),
    similarity: estimate(0.3),
    unjudged: estimate(0.2),
    criteria: {
      latency: "fail",
      cost: "fail",
      error_rate: "fail",
      accuracy: "fail",
      similarity: "fail",
      unjudged: "fail",
    },
  });
  // 3 / 2 - 1 = 0.5; 12 / 10 - 1 = 0.2; 0.03 / 0.01 - 1 = 2; (0.8 - 0.6) / 0.8 = 0.25; (0.6 - 0.3) / 0.6 = 0.5; 0.2 / 0.1 - 1 = 1
  const asked = { ...budgets, cosine_similarity_budget: 0.6, accuracy_error_rate_budget: 0.1 };
  const excess = standings(poor, asked).map((standing) => Number(standing.excess!.toFixed(12)));
  assert.deepEqual(excess, [0.5, 0.2, 2, 0.25, 0.5, 1]);
});

Deno.test("standings() can't say how far beyond a budget of zero", () => {
  const failing = cell({
    error_rate: estimate(0.5),
    criteria: {
      latency: "pass",
      cost: "pass",
      error_rate: "fail",
      accuracy: "pass",
      similarity: "pass",
      unjudged: "pass",
    },
  });
  const standing = standings(failing, { ...budgets, error_rate_budget: 0 })[2]!;
  assert.equal(standing.excess, null);
});

Deno.test("nearestMiss() prefers fewer misses, then the smaller excess, then the cheaper", () => {
  const two = cell({
    criteria: {
      latency: "pass",
      cost: "unknown",
      error_rate: "unknown",
      accuracy: "pass",
      similarity: "pass",
      unjudged: "pass",
    },
  });
  const one = slowCell();
  const slower = slowCell({ experiment_name: "slower", e2e_ms: percentiles(2000, 2600, null) });
  const cheaper = slowCell({ experiment_name: "cheaper", cost_per_10k_transactions: 4 });
  assert.equal(nearestMiss([two, slower, one], budgets), one);
  assert.equal(nearestMiss([one, cheaper], budgets), cheaper);
  assert.equal(nearestMiss([], budgets), null);
});

Deno.test("standings() call a verdict open when the interval reaches the budget, or has no end there", () => {
  const openOf = (changes: Parameters<typeof cell>[0], criterion: string) =>
    standings(cell(changes), { ...budgets, error_rate_budget: 0 }).find((one) => one.criterion === criterion)!
      .open;
  const fail = { criteria: { ...cell().criteria, latency: "fail", accuracy: "fail" } } as const;
  // Kept: the upper end counts. A value at the budget keeps it, an end at the budget too.
  assert.equal(openOf({ latency_ms: estimate(1900, 1800, 2000) }, "latency"), false);
  assert.equal(openOf({ latency_ms: estimate(1900, 1800, 2001) }, "latency"), true);
  assert.equal(openOf({ latency_ms: estimate(1900, 1800, null) }, "latency"), true);
  // Missed: the lower end counts.
  assert.equal(openOf({ ...fail, latency_ms: estimate(2100, 2000, 2200) }, "latency"), false);
  assert.equal(openOf({ ...fail, latency_ms: estimate(2100, 1999, 2200) }, "latency"), true);
  // More is better: the other way round.
  assert.equal(openOf({ accuracy: estimate(0.85, 0.79, 0.9) }, "accuracy"), true);
  assert.equal(openOf({ ...fail, accuracy: estimate(0.75, 0.7, 0.79) }, "accuracy"), false);
  // Of one transaction 0.00102, of 10,000 then 10.2: more than the budget of 10.
  assert.equal(openOf({ cost_interval: { low: 0.0004, high: 0.00102 } }, "cost"), true);
  assert.equal(openOf({ cost_interval: { low: 0.0004, high: 0.00099 } }, "cost"), false);
  // That there is no error at all can never be shown.
  assert.equal(openOf({ error_rate: estimate(0, 0, 0.02) }, "error_rate"), false);
});
