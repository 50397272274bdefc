import assert from "node:assert/strict";
import {
  accuracyTable,
  bestOptionTable,
  costTable,
  failedCriteriaTable,
  runCostTable,
} from "../../lib/report/mod.ts";
import { budgets, cell, estimate, slowCell, tableCells } from "./rows.ts";

const context = { budgets, currency: "USD", simulated: false };
const payload_file = "payload_en_0-500.jsonl";
const prices = { region: "us-east-1", currency: "USD", date: "2026-10-01", source: null };

Deno.test("bestOptionTable() has the best in bold, then the best of the other instance types", () => {
  const best = cell();
  const other = cell({ experiment_name: "beta", instance_type: "ml.p5", accuracy: null });
  const text = bestOptionTable(
    [
      { payload_file, best, qualifying: [best, other], best_per_instance_type: [best, other], rejected: [] },
      { payload_file: "b.jsonl", best: null, qualifying: [], best_per_instance_type: [], rejected: [] },
    ],
    context,
  );
  assert.deepEqual(tableCells(text).slice(1), [
    [
      ...[
        "payload\\_en\\_0-500",
        "**alpha**",
        "**ml.g5.xlarge**",
        "**4**",
        "**\\$5.00**",
        "**800 ms**",
        "**240**",
      ],
      ...["**0 %**", "**90 (85–94)**"],
    ],
    ["", "beta", "ml.p5", "4", "\\$5.00", "800 ms", "240", "0 %", "–"],
    ["b", "none qualifies", "", "", "", "", "", "", ""],
  ]);
});

Deno.test("costTable() says what is paid for, and whose prices of what day", () => {
  const text = costTable(
    [
      cell({ instance_count: 2 }),
      cell({ cost_basis: "token" }),
      cell({ cost_basis: null, cost_per_transaction: null, cost_per_10k_transactions: null }),
    ],
    prices,
  );
  assert.deepEqual(tableCells(text).slice(1), [
    ["alpha", "2 × ml.g5.xlarge, by the hour", "4", "240", "\\$0.0005", "\\$5.00"],
    ["alpha", "tokens", "4", "240", "\\$0.0005", "\\$5.00"],
    ["alpha", "ml.g5.xlarge: no price given", "4", "240", "–", "–"],
  ]);
  assert.match(text, /^Prices in USD, as of 2026-10-01, region us-east-1\.$/m);
  assert.match(text, /^No price given/m);
  assert.match(costTable([cell()], { ...prices, date: null }), /date not stated/);
});

Deno.test("failedCriteriaTable() shows by how much each budget is missed", () => {
  const bad = slowCell({
    error_rate: estimate(0.04),
    accuracy: estimate(0.6),
    cost_per_10k_transactions: null,
    criteria: {
      latency: "fail",
      cost: "unknown",
      error_rate: "fail",
      accuracy: "fail",
      similarity: "pass",
      unjudged: "pass",
    },
  });
  const rejecting = { payload_file, best: null, qualifying: [], best_per_instance_type: [], rejected: [bad] };
  // 2.5 s is 25 % over 2 s; 4 % is 300 % over 1 %; 60 % is 25 % under 80 %
  assert.deepEqual(tableCells(failedCriteriaTable([rejecting], context)), [
    [
      ...[
        "Experiment",
        "In flight",
        "p95 latency (budget 2 s)",
        "Per 10,000 (budget \\$10.00)",
        "Errors (budget 1 %)",
      ],
      "Right (budget 80 %)",
    ],
    ["slow", "4", "**2.5 s** (+25 %)", "**not known**", "**4 %** (+300 %)", "**60 %** (−25 %)"],
  ]);
  const free = { ...context, budgets: { ...budgets, accuracy_budget: null } };
  assert.equal(tableCells(failedCriteriaTable([rejecting], free))[0]!.length, 5);
  assert.equal(failedCriteriaTable([], context), "Every option keeps all budgets.");
});

Deno.test("accuracyTable() shows right answers in percent beside the budget", () => {
  const rows = [
    { experiment_name: "alpha", payload_file, accuracy: estimate(0.9, 0.85, 0.94) },
    {
      experiment_name: "beta",
      payload_file: null,
      accuracy: { ...estimate(0.5, 0.1, 0.9), n: 4, flagged: true },
    },
  ];
  const text = accuracyTable(rows, 0.8);
  assert.deepEqual(tableCells(text), [
    ["Experiment", "Payload file", "Judged", "Right (%)", "At least 80 %"],
    ["alpha", "payload\\_en\\_0-500", "200", "90 (85–94)", "yes"],
    ["beta", "all", "4", "50† (10–90)", "**no**"],
  ]);
  assert.match(text, /† Few answers/);
  assert.equal(tableCells(accuracyTable(rows, null))[0]!.length, 4);
  assert.equal(accuracyTable([], null), "No answer was judged.");
});

Deno.test("runCostTable() adds up time, requests, tokens and money", () => {
  const cost = {
    experiment_name: "alpha",
    instance_type: "ml.g5.xlarge",
    instance_count: 1,
    basis: "instance",
    duration_s: 60,
    requests: 1500,
    prompt_tokens: 450_000,
    completion_tokens: 75_000,
    cost: 1.25,
  } as const;
  const lines = tableCells(runCostTable([cost, { ...cost, experiment_name: "beta", duration_s: 90 }], "USD"));
  // 60 + 90 = 150 s; 2 x 1500; 2 x 450,000; 2 x 75,000; 2 x 1.25
  assert.deepEqual(lines.at(-1), [
    "**Total**",
    "",
    "2 min 30 s",
    "3,000",
    "900,000",
    "150,000",
    "**\\$2.50**",
  ]);
  const unpriced = tableCells(runCostTable([cost, { ...cost, basis: null, cost: null }], "USD"));
  assert.deepEqual(unpriced.slice(2).map((line) => line.at(-1)), [
    "not known",
    "**\\$1.25** and what has no price",
  ]);
  assert.equal(runCostTable([], "USD"), "No request was sent in this run.");
});
