import assert from "node:assert/strict";
import {
  accuracyTable,
  bestOptionFigures,
  bestOptionTable,
  failedCriteriaTable,
} from "../../lib/report/mod.ts";
import { budgets, cell, estimate, recommendation, slowCell, tableCells } from "./rows.ts";

const context = { budgets, currency: "USD", simulated: false };
const payload_file = "payload_en_0-500.jsonl";

Deno.test("bestOptionTable() has the best in bold, then the best of each other model and instance type", () => {
  const best = cell();
  const others = [
    cell({ concurrency: 8 }),
    cell({ experiment_name: "beta", instance_type: "ml.p5", instance_count: 2, accuracy: null }),
    cell({ experiment_name: "gamma", model_id: "another" }),
    cell({ experiment_name: "delta", model_id: "api", cost_basis: "token" }),
  ];
  const text = bestOptionTable(
    [recommendation({ qualifying: [best, ...others] }), recommendation({ payload_file: "b.jsonl" })],
    context,
  );
  const rest = ["4", "\\$5.00", "800 ms", "240"];
  assert.deepEqual(tableCells(text), [
    ["Option", "In flight", "Per 10,000", "E2E p95", "Per minute", "Right (%)"],
    ["**alpha, ml.g5.xlarge**", "**4**", "**\\$5.00**", "**800 ms**", "**240**", "**90 (85–94)**"],
    ["beta, 2 × ml.p5", ...rest, "–"],
    ["gamma, ml.g5.xlarge", ...rest, "90 (85–94)"],
    ["delta", ...rest, "90 (85–94)"],
  ]);
  assert.match(text, /\*\*b\*\*: none qualifies\.$/);
});

Deno.test("bestOptionTable() heads the latency by what the budget judges, and shows errors where there are any", () => {
  const best = cell({ latency_ms: estimate(520), errors: 1, error_rate: estimate(0.005) });
  const mean = { ...context, budgets: { ...budgets, latency_statistic: "mean" as const } };
  const [heading, row] = tableCells(bestOptionTable([recommendation({ qualifying: [best] })], mean));
  assert.deepEqual(heading!.slice(3, 6), ["E2E mean", "Per minute", "Errors"]);
  assert.deepEqual(row!.slice(3, 6), ["**520 ms**", "**240**", "**0.5 %**"]);
});

Deno.test("bestOptionFigures() has a line a figure, the best option beside the best one of another kind", () => {
  const best = cell({ instance_count: 2, cost_per_million_tokens: 1.25 });
  const other = cell({ experiment_name: "beta", model_id: "n", ttft_ms: null });
  const text = bestOptionFigures(
    [
      recommendation({ qualifying: [best, cell({ concurrency: 8, instance_count: 2 }), other] }),
      recommendation(),
    ],
    context,
  );
  const lines = new Map(tableCells(text).map(([name, ...values]) => [name, values]));
  assert.deepEqual(lines.get(""), ["alpha", "beta"]);
  assert.deepEqual(lines.get("Model"), ["m", "n"]);
  assert.deepEqual(lines.get("Paid for")![0], "2 × ml.g5.xlarge, by the hour");
  assert.deepEqual(lines.get("Response p50 · p95 · p99")![0], "500 ms · 800 ms · 950 ms");
  assert.deepEqual(lines.get("TTFT p50 · p95 · p99"), ["100 ms · 150 ms · 180 ms", "–"]);
  assert.deepEqual(lines.get("of a million tokens"), ["\\$1.25", "–"]);
  // Nothing is known of any similarity: no line.
  assert.ok(!lines.has("Mean similarity"));
  assert.equal(bestOptionFigures([recommendation(), recommendation({ qualifying: [best] })], context), "");
});

Deno.test("failedCriteriaTable() shows by how much each budget is missed", () => {
  const bad = slowCell({
    error_rate: estimate(0.04, 0.02, 0.08),
    accuracy: estimate(0.6, 0.5, 0.7),
    cost_per_10k_transactions: null,
    criteria: { ...cell().criteria, latency: "fail", cost: "unknown", error_rate: "fail", accuracy: "fail" },
  });
  const late = slowCell({ experiment_name: "late", latency_ms: estimate(2100, 1900, 2300) });
  // 2.5 s is 25 % over 2 s; 4 % is 300 % over 1 %; 60 % is 25 % under 80 %
  const text = failedCriteriaTable([recommendation({ rejected: [bad, late] })], context);
  assert.deepEqual(tableCells(text), [
    ["Experiment", "In flight", "Latency p95 ≤ 2 s", "Per 10,000 ≤ \\$10.00", "Errors ≤ 1 %", "Right ≥ 80 %"],
    ["slow", "4", "**2.5 s** (+25 %)", "**not known**", "**4 %** (+300 %)", "**60 %** (−25 %)"],
    ["late", "4", "**2.1 s** (+5 %)~", "\\$5.00", "0 %", "90 %"],
  ]);
  assert.match(text, /^~ Not for certain/m);
});

Deno.test("failedCriteriaTable() has no column for a budget that all keep", () => {
  const text = failedCriteriaTable([recommendation({ rejected: [slowCell()] })], context);
  assert.deepEqual(tableCells(text)[0], ["Experiment", "In flight", "Latency p95 ≤ 2 s"]);
  assert.doesNotMatch(text, /certain/);
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
