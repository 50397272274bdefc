import assert from "node:assert/strict";
import { perInstanceResults } from "../../lib/report/mod.ts";
import { budgets, cell, slowCell } from "./rows.ts";

const lines = (...of: Parameters<typeof perInstanceResults>) =>
  perInstanceResults(...of).split("\n").filter((line) => line.startsWith("- "));

Deno.test("perInstanceResults() names the highest load within the budgets, whatever it costs", () => {
  const dear = { criteria: { ...cell().criteria, cost: "fail", accuracy: "unknown" } } as const;
  const [line] = lines([
    cell({ concurrency: 16, ...dear }),
    cell(),
    slowCell({ experiment_name: "alpha", concurrency: 64 }),
  ], budgets);
  assert.equal(
    line,
    "- **alpha** on ml.g5.xlarge: within the budgets up to **16 requests at a time**. 240 transactions a minute, " +
      "p50 500 ms, p95 800 ms, no errors; 300 prompt and 50 output tokens on average (n = 200).",
  );
});

Deno.test("perInstanceResults() says that the highest load was within the budgets, or that a lower one was not", () => {
  assert.match(
    lines([cell()], budgets)[0]!,
    /up to \*\*4 requests at a time\*\*, the highest that was measured\. /,
  );
  const odd = [
    slowCell({ experiment_name: "alpha", concurrency: 1 }),
    cell(),
    slowCell({ experiment_name: "alpha", concurrency: 8 }),
  ];
  assert.match(lines(odd, budgets)[0]!, /at a time\*\*, although not at every lower load\. /);
});

Deno.test("perInstanceResults() says how far the lowest load is beyond the budgets where none is within", () => {
  assert.deepEqual(lines([slowCell({ concurrency: 8 }), slowCell({ concurrency: 2 })], budgets), [
    "- **slow** on ml.g5.xlarge: no load that was measured is within the budgets. With 2 requests at a time its p95 latency is 2.5 s, and 0 % of the requests fail.",
  ]);
  const { response_ms } = cell();
  const hidden = slowCell({ latency_ms: { ...response_ms.p95, value: null, n: 3 } });
  assert.match(lines([hidden], budgets)[0]!, /its p95 latency is not known \(n = 3\)/);
});

Deno.test("perInstanceResults() has a line for every experiment of every payload file, with its model where there are several", () => {
  const text = perInstanceResults(
    [
      cell(),
      cell({ payload_file: "b.jsonl" }),
      cell({ experiment_name: "beta", model_id: "n", cost_basis: "token" }),
    ],
    { ...budgets, latency_statistic: "p50" },
  );
  assert.match(text, /^- \*\*alpha\*\* \(m\) on ml\.g5\.xlarge: /m);
  assert.match(text, /^- \*\*beta\*\* \(n\): within/m);
  assert.match(text, /^\*\*b\*\*$/m);
  assert.match(text, /a minute, p50 500 ms, no errors/);
  assert.match(text, /Within the budgets: p50 latency at most 2 s, at most 1 % errors\./);
  assert.equal(perInstanceResults([], budgets), "No request was measured.");
});
