import assert from "node:assert/strict";
import { summarySentence } from "../../lib/report/mod.ts";
import { budgets, cell, slowCell } from "./rows.ts";

const context = { budgets, currency: "USD", simulated: false };
const payload_file = "payload_en_0-500.jsonl";

Deno.test("summarySentence() names the option, its cost, latency, throughput and rank", () => {
  const best = cell();
  const dearer = cell({ experiment_name: "beta", cost_per_10k_transactions: 6 });
  const text = summarySentence(
    [{
      payload_file,
      best,
      qualifying: [best, dearer],
      best_per_instance_type: [best],
      rejected: [slowCell()],
    }],
    context,
  );
  assert.equal(
    text.split("\n\n")[0],
    "For **payload\\_en\\_0-500**, take **alpha** on ml.g5.xlarge with 4 requests at a time. " +
      "A transaction costs \\$0.0005, 10,000 of them **\\$5.00**. 95 % of the requests finish within **800 ms** (n = 200), " +
      "240 transactions a minute go through, none failed, 90 % of the judged answers are right. " +
      "It is the cheapest of the 2 options, of 3 measured, that keep all budgets.",
  );
  assert.equal(
    text.split("\n\n")[1],
    "Budgets: p95 of the latency at most 2 s, at most \\$10.00 for 10,000 transactions, at most 1 % errors, " +
      "at least 80 % right answers.",
  );
});

Deno.test("summarySentence() says that none qualifies and how near the nearest came", () => {
  const near = slowCell({ experiment_name: "near", concurrency: 1 });
  const far = slowCell({
    experiment_name: "far",
    criteria: {
      latency: "fail",
      cost: "fail",
      error_rate: "pass",
      accuracy: "pass",
      similarity: "pass",
      unjudged: "pass",
    },
  });
  const text = summarySentence(
    [{ payload_file, best: null, qualifying: [], best_per_instance_type: [], rejected: [far, near] }],
    context,
  );
  // (2.5 - 2) / 2 = 25 %
  assert.match(
    text,
    /\*\*no option keeps all budgets\*\*\. Nearest comes \*\*near\*\* on ml\.g5\.xlarge with one request at a time: its p95 latency is 2\.5 s, the budget 2 s \(25 % over\)\./,
  );
});

Deno.test("summarySentence() says that a cost is not known when no price is given", () => {
  const unpriced = cell({
    cost_basis: null,
    cost_per_transaction: null,
    cost_per_10k_transactions: null,
    criteria: {
      latency: "pass",
      cost: "unknown",
      error_rate: "pass",
      accuracy: "pass",
      similarity: "pass",
      unjudged: "pass",
    },
  });
  const recommendation = { payload_file, qualifying: [], best_per_instance_type: [], rejected: [unpriced] };
  assert.match(
    summarySentence([{ ...recommendation, best: null }], context),
    /its cost for 10,000 transactions is not known, as no price is given/,
  );
});

Deno.test("summarySentence() begins with the simulated endpoint when there is one", () => {
  assert.match(summarySentence([], { ...context, simulated: true }), /^> \*\*Simulated endpoint\.\*\*/);
  assert.doesNotMatch(summarySentence([], context), /imulated/);
  assert.match(summarySentence([], context), /Nothing was measured/);
});

Deno.test("summarySentence() shows markup in a name as text", () => {
  const best = cell({ experiment_name: "<b>|*x*" });
  const text = summarySentence(
    [{ payload_file, best, qualifying: [best], best_per_instance_type: [best], rejected: [] }],
    context,
  );
  assert.match(text, /\*\*&lt;b&gt;\\\|\\\*x\\\*\*\*/);
  assert.match(text, /the only one of 1 measured options/);
});

Deno.test("summarySentence() calls nothing the cheapest when no price is known, and names no cost budget that is not set", () => {
  const best = cell({ cost_per_transaction: null, cost_per_10k_transactions: null, cost_basis: null });
  const text = summarySentence(
    [{ payload_file, best, qualifying: [best, best], best_per_instance_type: [best], rejected: [] }],
    { ...context, budgets: { ...budgets, cost_per_10k_txn_budget: null } },
  );
  assert.match(text, /Its cost is not known, as no price is given\./);
  assert.match(
    text,
    /It carries the most transactions of the 2 options, of 2 measured, that keep all budgets\./,
  );
  assert.doesNotMatch(text, /cheapest|\$/);
});
