import assert from "node:assert/strict";
import type { BreakEven } from "../../lib/core/mod.ts";
import { breakEvenTable, utilisationTable } from "../../lib/report/mod.ts";
import { cell, tableCells } from "./rows.ts";

const payload_file = "payload_en_0-500.jsonl";
const box = cell({ experiment_name: "box", transactions_per_minute: 100, cost_per_transaction: 0.001 });
const api = cell({ experiment_name: "api", cost_basis: "token", cost_per_transaction: 0.002 });

Deno.test("utilisationTable() has the cost at each utilisation, the least of each in bold", () => {
  const rows = [
    { payload_file, cell: box, cost_per_transaction: [0.001, 0.00133333, 0.002, 0.004, 0.01] },
    { payload_file, cell: api, cost_per_transaction: [0.002, 0.002, 0.002, 0.002, 0.002] },
  ];
  const text = utilisationTable(rows, "USD");
  assert.deepEqual(tableCells(text), [
    [
      ...["Experiment", "Paid for", "In flight", "10,000 at 100 %", "10,000 at 75 %", "10,000 at 50 %"],
      ...["10,000 at 25 %", "10,000 at 10 %"],
    ],
    [
      ...["box", "ml.g5.xlarge, by the hour", "4", "**\\$10.00**", "**\\$13.33**", "**\\$20.00**"],
      ...["\\$40.00", "\\$100.00"],
    ],
    ["api", "tokens", "4", "\\$20.00", "\\$20.00", "**\\$20.00**", "**\\$20.00**", "**\\$20.00**"],
  ]);
  assert.match(text, /paid by the hour whether it works or not/);
  assert.equal(utilisationTable([], "USD"), "No option with a price keeps all budgets.");
});

Deno.test("breakEvenTable() has the traffic from which the instance is cheaper, a minute and a month", () => {
  const row = (changes: Partial<BreakEven>): BreakEven => ({
    payload_file,
    instance: box,
    api,
    point: { when: "never" },
    sure: true,
    ...changes,
  });
  const text = breakEvenTable([
    row({
      point: {
        when: "from",
        first_per_minute: 50,
        first_utilisation: 0.5,
        for_good_per_minute: 50,
        for_good_replicas: 1,
      },
    }),
    row({
      point: {
        when: "from",
        first_per_minute: 80,
        first_utilisation: 0.8,
        for_good_per_minute: 320,
        for_good_replicas: 4,
      },
      sure: false,
    }),
    row({ api: cell({ experiment_name: "cheap_api", cost_per_transaction: 0.0005 }) }),
    row({ point: { when: "always" } }),
  ], "USD");
  assert.deepEqual(tableCells(text), [
    [
      ...["Paid by the hour", "Against", "Carries (requests/min)", "Cheaper from (requests/min)"],
      ...["… a month (million requests)", "… of its capacity", "For good from (requests/min)"],
    ],
    // 50 x 60 x 730 = 2,190,000; 80 x 60 x 730 = 3,504,000
    ["box (ml.g5.xlarge, by the hour)", "api", "100", "50", "2.19", "50 %", "50"],
    ["box (ml.g5.xlarge, by the hour)", "api", "100", "80 ?", "3.5", "80 %", "320, with 4 of them"],
    [
      ...["box (ml.g5.xlarge, by the hour)", "cheap\\_api", "100"],
      "never within its capacity: 10,000 requests cost \\$10.00 even when it is full, the API's \\$5.00",
      ...["", "", ""],
    ],
    ["box (ml.g5.xlarge, by the hour)", "api", "100", "always: it costs nothing", "", "", ""],
  ]);
  assert.match(text, /^\? The interval/m);
  assert.doesNotMatch(breakEvenTable([row({})], "USD"), /^\?/m);
  assert.match(breakEvenTable([], "USD"), /^There is nothing to compare/);
});
