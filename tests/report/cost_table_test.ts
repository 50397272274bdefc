import assert from "node:assert/strict";
import { costTable, runCostTable } from "../../lib/report/mod.ts";
import { cell, tableCells } from "./rows.ts";

const prices = { region: "us-east-1", currency: "USD", date: "2026-10-01", source: null };
const unpriced = { cost_basis: null, cost_per_transaction: null, cost_per_10k_transactions: null } as const;

Deno.test("costTable() says what is paid for, and whose prices of what day", () => {
  const text = costTable(
    [
      cell({ instance_count: 2, cost_per_million_tokens: 1.4286, cost_per_million_good_tokens: 2.8571 }),
      cell({ cost_basis: "token", cost_per_million_tokens: 0.5 }),
    ],
    prices,
  );
  assert.deepEqual(tableCells(text), [
    [
      ...["Experiment", "Paid for", "In flight", "Per minute", "Per transaction", "Per 10,000"],
      ...["Per million tokens", "Per million good tokens"],
    ],
    [
      ...["alpha", "2 × ml.g5.xlarge, by the hour", "4", "240", "\\$0.0005", "\\$5.00"],
      ...["\\$1.43", "\\$2.86"],
    ],
    // Nothing was good: nothing to spread the cost over.
    ["alpha", "tokens", "4", "240", "\\$0.0005", "\\$5.00", "\\$0.5", "–"],
  ]);
  assert.match(text, /^Prices in USD, as of 2026-10-01, region us-east-1\.$/m);
  assert.doesNotMatch(text, /No price given/);
  assert.match(
    costTable([cell()], { ...prices, date: null, region: null }),
    /date not stated, region not stated/,
  );
  assert.equal(costTable([], prices), "No request was measured.");
});

Deno.test("costTable() says in every cost column that there is no price, and how to give one", () => {
  const text = costTable([cell(unpriced)], prices);
  const none = "no price given";
  assert.deepEqual(tableCells(text)[1], ["alpha", "ml.g5.xlarge", "4", "240", none, none, none, none]);
  assert.match(text, /^No price given: .*`-A price_per_hour=`/m);
});

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

const judge = {
  judge: "sage",
  model_id: "m-sage",
  correct: 90,
  incorrect: 10,
  unparsable: 0,
  failed: 0,
  calls: 100,
  prompt_tokens: 40_000,
  completion_tokens: 5_000,
  cost: 0.5,
  own_family: [],
};

Deno.test("runCostTable() adds up time, requests, tokens and money", () => {
  const lines = tableCells(runCostTable([cost, { ...cost, experiment_name: "beta", duration_s: 90 }], "USD"));
  assert.deepEqual(lines[1], [
    ...["alpha", "ml.g5.xlarge, by the hour", "1 min 0 s", "1,500", "450", "75", "\\$1.25"],
  ]);
  // 60 + 90 = 150 s; 2 x 1500; 2 x 450 and 2 x 75 thousand; 2 x 1.25
  assert.deepEqual(lines.slice(3), [["**Total**", "", "2 min 30 s", "3,000", "900", "150", "**\\$2.50**"]]);
  assert.equal(runCostTable([], "USD"), "No request was sent in this run.");
});

Deno.test("runCostTable() says what has no price, and that totals lack it", () => {
  const text = runCostTable([cost, { ...cost, experiment_name: "b_1", basis: null, cost: null }], "USD");
  assert.deepEqual(tableCells(text).slice(2).map((line) => line.at(-1)), [
    "no price given",
    "**\\$1.25** and what has no price",
  ]);
  assert.match(text, /^There is no price for b\\_1: not in any total\.$/m);
  const none = tableCells(runCostTable([{ ...cost, basis: null, cost: null }], "USD"));
  assert.equal(none.at(-1)!.at(-1), "**not known**");
});

Deno.test("runCostTable() has the judges, what judging cost, and a grand total", () => {
  const other = { ...judge, judge: "seer", cost: null, model_id: "m-seer" };
  const text = runCostTable([cost], "USD", { judges: [judge, other] });
  assert.deepEqual(tableCells(text).slice(1), [
    ["alpha", "ml.g5.xlarge, by the hour", "1 min 0 s", "1,500", "450", "75", "\\$1.25"],
    ["**Load**", "", "1 min 0 s", "1,500", "450", "75", "**\\$1.25**"],
    ["judge sage", "tokens", "", "100", "40", "5", "\\$0.5"],
    ["judge seer", "m-seer", "", "100", "40", "5", "no price given"],
    ["**Judging**", "", "", "200", "80", "10", "**\\$0.5** and what has no price"],
    // 1.25 + 0.50; 1500 + 2 x 100; 450 + 2 x 40; 75 + 2 x 5
    ["**Grand total**", "", "1 min 0 s", "1,700", "530", "85", "**\\$1.75** and what has no price"],
  ]);
  assert.match(text, /^There is no price for judge seer: not in any total\.$/m);
  const paid = tableCells(runCostTable([cost], "USD", { judges: [judge] }));
  assert.deepEqual(paid.map((line) => line[0]), [
    "Experiment",
    "alpha",
    "**Load**",
    "judge sage",
    "**Grand total**",
  ]);
  assert.equal(paid.at(-1)!.at(-1), "**\\$1.75**");
});

Deno.test("runCostTable() has what embedding cost", () => {
  const embedding = { model_id: "vectors", calls: 12, prompt_tokens: 3_000, cost: 0.25 };
  const lines = tableCells(runCostTable([cost], "USD", { judges: [judge], embedding }));
  assert.deepEqual(lines.slice(4, 6), [
    ["embedder vectors", "tokens", "", "12", "3", "0", "\\$0.25"],
    // 100 + 12; 40 + 3; 0.50 + 0.25
    ["**Judging**", "", "", "112", "43", "5", "**\\$0.75**"],
  ]);
});

Deno.test("names from outside stay text in the cost tables", () => {
  const name = "<b>|*x*";
  const text = costTable([cell({ experiment_name: name, ...unpriced, instance_type: name })], prices) +
    runCostTable([{ ...cost, experiment_name: name, instance_type: name }], "USD", {
      judges: [{ ...judge, judge: name, model_id: name, cost: null }],
    });
  assert.doesNotMatch(text, /<b>|[^\\]\*x|[^\\]\|\*/);
});
