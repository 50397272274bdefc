import assert from "node:assert/strict";
import {
  accuracyAgainstCost,
  accuracyByExperiment,
  accuracyByPromptLength,
  costAgainstLatency,
  judgeAgreement,
  latencyAgainstConcurrency,
  latencyAgainstPromptTokens,
  throughputAgainstConcurrency,
  tokenLatency,
} from "../../lib/chart/mod.ts";
import { withoutWarnings } from "./every_chart.ts";
import { bestOf, budgets, estimate, sampleCells, samplePanel, sampleRequests } from "./sample_cells.ts";

Deno.test("a chart without a single figure is null", () => {
  const unpriced = sampleCells(2, 2, 1).map((cell) => ({ ...cell, cost_per_10k_transactions: null }));
  assert.equal(costAgainstLatency(unpriced, { budgets, best: [] }), null);
  assert.equal(latencyAgainstConcurrency([], { budgets }), null);
  const unstreamed = sampleCells(2, 2, 1).map((cell) => ({ ...cell, ttft_ms: null, itl_ms: null }));
  assert.equal(tokenLatency(unstreamed), null);
  assert.equal(latencyAgainstPromptTokens([], { budgets }), null);
  assert.equal(throughputAgainstConcurrency([]), null);
  const unjudged = [{ experiment_name: "a", payload_file: null, accuracy: estimate(null, 0) }];
  assert.equal(accuracyByExperiment(unjudged, { accuracy_budget: 0.5 }), null);
});

Deno.test("tokenLatency() says who is not in it because nothing was streamed", () => {
  const [first, ...others] = sampleCells(2, 2, 1);
  const name = first!.experiment_name;
  const cells = [first!, ...others].map((cell) =>
    cell.experiment_name === name ? { ...cell, ttft_ms: null, itl_ms: null } : cell
  );
  const { caption } = withoutWarnings(() => tokenLatency(cells))!;
  assert.equal(caption.endsWith(`Not streamed, so not here: ${name}.`), true, caption);
  assert.doesNotMatch(withoutWarnings(() => tokenLatency(sampleCells(2, 2, 1)))!.caption, /streamed/);
});

Deno.test("hidden percentiles leave out their marks, not the chart", () => {
  // n = 10: p95 (needs 20) and p99 (needs 100) are hidden, the p50 is shown
  const cells = sampleCells(2, 2, 1, 10);
  const chart = withoutWarnings(() => latencyAgainstConcurrency(cells, { budgets }))!;
  assert.doesNotMatch(chart.svg, /NaN/);
  assert.equal((chart.svg.match(/aria-label="dot"/g) ?? []).length > 0, true);
});

Deno.test("costAgainstLatency() rings the recommended cell and says so above the panel", () => {
  const cells = sampleCells(3, 3, 1);
  const best = bestOf(cells);
  const { svg } = costAgainstLatency(cells, { budgets, best })!;
  assert.match(svg, new RegExp(`>best: ${best[0]!.experiment_name}, concurrency ${best[0]!.concurrency}, `));
  assert.equal((svg.match(/stroke-width="2"/g) ?? []).length, 1);
  assert.match(costAgainstLatency(cells, { budgets, best: [] })!.svg, />no option keeps all budgets</);
});

Deno.test("latencyAgainstPromptTokens() draws a sample of many requests and says so", () => {
  const requests = sampleRequests(1, 1, 500);
  const chart = latencyAgainstPromptTokens(requests, { budgets, dots: 100 })!;
  assert.equal(chart.svg.match(/<circle [^>]*r="2.6"/g)!.length, 100);
  assert.match(chart.caption, /100 of 500 requests/);
});

Deno.test("accuracyByExperiment() says of how many answers the judged ones are", () => {
  const row = { experiment_name: "a", payload_file: null, accuracy: estimate(0.5, 90) };
  const svg = (more: object) => accuracyByExperiment([{ ...row, ...more }], { accuracy_budget: null })!.svg;
  assert.match(svg({ undecided: 4, needs_review: 6 }), />n = 90 of 100</);
  assert.match(svg({}), />n = 90</);
});

Deno.test("charts of judging are null without anything judged", () => {
  assert.equal(accuracyByPromptLength([], {}), null);
  assert.equal(
    accuracyAgainstCost(sampleCells(1, 1, 1).map((cell) => ({ ...cell, accuracy: null })), { budgets }),
    null,
  );
  assert.equal(judgeAgreement(null), null);
  assert.equal(judgeAgreement({ ...samplePanel(2), pairs: [] }), null);
});

Deno.test("accuracyAgainstCost() leaves out the cost where nothing has a price", () => {
  const unpriced = sampleCells(2, 2, 1).map((cell) => ({ ...cell, cost_per_10k_transactions: null }));
  const { svg } = withoutWarnings(() => accuracyAgainstCost(unpriced, { budgets }))!;
  assert.doesNotMatch(svg, /Cost of 10,000/);
  assert.match(svg, /p95 of the/);
});
