import assert from "node:assert/strict";
import { figures, pricing, tableOf, totals } from "../../lib/analyze/metric_columns.ts";
import { requestsFrame, runFigures } from "../../lib/analyze/mod.ts";
import { budgets, endpoint, failure, prices, record } from "./generated_run.ts";

const requests = requestsFrame([
  record({ sent_ms: 0, ended_ms: 1000, prompt_tokens: 30 }),
  record({ sent_ms: 1000, ended_ms: 2000, completion_tokens: null }),
  failure({ sent_ms: 2000, ended_ms: 2500, prompt_tokens: 7 }),
]);
const { cells, tokens } = await runFigures(requests, { endpoints: [endpoint], prices, budgets });

Deno.test("sums are over the known tokens of the successes", () => {
  const [row] = tableOf(cells, totals(tokens)).toRecords();
  // 30 + 40 prompt tokens; 10 completion tokens, the other answer was not counted. 2 ends in 2 s.
  assert.deepEqual(row, {
    errors: 1,
    successes: 2,
    transactions: 3,
    transactions_per_second: 1,
    all_prompts_token_count: 70,
    all_completions_token_count: 10,
  });
});

Deno.test("figures are in FMBench's units", () => {
  const [row] = tableOf(cells, figures).toRecords();
  // 1000 ms, 100 ms, 100 ms; 1 a second x 35 tokens.
  assert.deepEqual([row!.latency_p50, row!.TTFT_p50, row!.TPOT_p50, row!.prompt_token_throughput], [
    1,
    0.1,
    0.1,
    35,
  ]);
  assert.deepEqual([row!.latency_p95, row!.completion_token_throughput], [null, null]);
});

Deno.test("a price for a token is the price for a transaction over its mean tokens", () => {
  const [row] = tableOf(cells, pricing).toRecords();
  // 6 an hour / 3600 an hour / (35 + 10).
  assert.equal(Number(row!.price_per_token).toFixed(12), (6 / 3600 / 45).toFixed(12));
  const [free] = tableOf(cells.map((cell) => ({ ...cell, cost_per_transaction: null })), pricing).toRecords();
  assert.equal(free!.price_per_token, null);
});
