import assert from "node:assert/strict";
import { budgetWords, summarySentence } from "../../lib/report/mod.ts";
import { budgets, cell, estimate, recommendation, slowCell } from "./rows.ts";

const context = { budgets, currency: "USD", simulated: false };
const parts = (...of: Parameters<typeof summarySentence>) => summarySentence(...of).split("\n\n");
const unpriced = {
  cost_basis: null,
  cost_per_transaction: null,
  cost_interval: null,
  cost_per_10k_transactions: null,
};

Deno.test("summarySentence() names the option, its cost, latency and throughput, then how it ranks, the budgets, and what was measured", () => {
  const dearer = cell({
    experiment_name: "beta",
    model_id: "n",
    concurrency: 8,
    cost_per_10k_transactions: 6,
  });
  const found = recommendation({ qualifying: [cell(), dearer], rejected: [slowCell()] });
  assert.deepEqual(parts([found], context), [
    "For **payload\\_en\\_0-500**, take **alpha** on ml.g5.xlarge with 4 requests at a time. " +
    "A transaction costs **\\$0.0005**, 10,000 of them **\\$5.00** (95 % interval \\$4.90 to \\$5.10), while it is kept that busy. " +
    "95 % of the requests finish within **800 ms** (95 % interval 790 ms to 820 ms, n = 200), " +
    "240 transactions a minute go through, none failed, 90 % of the judged answers are right.",
    "It is the cheapest of the 2 options, of 3 measured, that keep all budgets.",
    "Budgets: 95 % of the requests finish within 2 s (p95), at most \\$10.00 for 10,000 transactions, at most 1 % errors, " +
    "at least 80 % right answers.",
    "Measured: 2 models on 1 instance type, in 3 experiments, with 4 to 8 requests at a time.",
  ]);
});

Deno.test("summarySentence() names the statistic that the budget judges", () => {
  const judged = (latency_statistic: "p50" | "p99" | "mean") => ({
    ...context,
    budgets: { ...budgets, latency_statistic },
  });
  const best = cell({ latency_ms: estimate(500, 480, 530) });
  const first = (statistic: "p50" | "p99" | "mean") =>
    parts([recommendation({ qualifying: [best] })], judged(statistic))[0]!;
  assert.match(
    first("p50"),
    /Half of the requests finish within \*\*500 ms\*\* \(95 % interval 480 ms to 530 ms/,
  );
  assert.match(first("p99"), /99 % of the requests finish within \*\*500 ms/);
  assert.match(first("mean"), /The mean response time is \*\*500 ms/);
  const missing = recommendation({ rejected: [slowCell({ latency_ms: estimate(2500, 2400, 2600) })] });
  assert.match(
    parts([missing], judged("mean"))[0]!,
    /its mean latency is 2\.5 s, the budget 2 s \(25 % over\)\./,
  );
  assert.match(budgetWords(judged("mean")), /^the mean response time is at most 2 s, /);
  assert.match(budgetWords(judged("p50")), /^half of the requests finish within 2 s \(p50\), /);
});

Deno.test("summarySentence() says that none qualifies and how near the nearest came", () => {
  const near = slowCell({ experiment_name: "near", concurrency: 1 });
  const far = slowCell({ experiment_name: "far", criteria: { ...near.criteria, cost: "fail" } });
  // (2.5 - 2) / 2 = 25 %
  assert.match(
    summarySentence([recommendation({ rejected: [far, near] })], context),
    /\*\*no option keeps all budgets\*\*\. Nearest comes \*\*near\*\* on ml\.g5\.xlarge with one request at a time: its p95 latency is 2\.5 s, the budget 2 s \(25 % over\)\./,
  );
});

Deno.test("summarySentence() says of a miss that the interval reaches the budget", () => {
  const near = slowCell({ latency_ms: estimate(2100, 1900, 2300) });
  assert.match(
    summarySentence([recommendation({ rejected: [near] })], context),
    /is 2\.1 s, the budget 2 s \(5 % over\), but not for certain \(95 % interval 1\.9 s to 2\.3 s, n = 200\)/,
  );
});

Deno.test("summarySentence() says that an option qualifies, but that its interval crosses the budget", () => {
  const crossing = cell({ latency_ms: estimate(1900, 1800, 2100), accuracy: estimate(0.81, 0.75, 0.86) });
  assert.equal(
    parts([recommendation({ qualifying: [crossing] })], context)[1],
    "It is the only option that was measured, and keeps all budgets. **It qualifies, but not for certain**: " +
      "the interval of its p95 latency, 1.8 s to 2.1 s, crosses the budget of 2 s; " +
      "the interval of its accuracy, 75 % to 86 %, crosses the budget of 80 %.",
  );
  const few = cell({ latency_ms: { ...estimate(1900, 1800, null), n: 30 } });
  const [first, second] = parts([recommendation({ qualifying: [few] })], context);
  assert.match(first!, /\(95 % interval from 1\.8 s up, its upper end open, n = 30\)/);
  assert.match(
    second!,
    /its p95 latency rests on too few samples \(n = 30\) to be sure of the budget of 2 s\./,
  );
});

Deno.test("summarySentence() calls no verdict uncertain about no errors at all, or about budgets that are not set", () => {
  const best = cell({ error_rate: estimate(0, 0, 0.02), accuracy: null });
  const strict = { ...context, budgets: { ...budgets, error_rate_budget: 0, accuracy_budget: null } };
  assert.doesNotMatch(summarySentence([recommendation({ qualifying: [best] })], strict), /certain/);
});

Deno.test("summarySentence() names the options that can't be told apart, three of them", () => {
  const others = [1, 2, 8, 16].map((concurrency) => cell({ concurrency }));
  const text = parts([recommendation({ qualifying: [cell(), ...others], indistinct: others })], context)[1]!;
  assert.match(
    text,
    /\*\*It can't be told apart from\*\* \*\*alpha\*\* on ml\.g5\.xlarge with one request at a time \(\\\$5\.00 for 10,000, p95 latency 800 ms\); /,
  );
  assert.match(
    text,
    /with 8 requests at a time \([^)]*\) and 1 more: the intervals do not show any of them to be worse\.$/,
  );
  const one = parts(
    [recommendation({ qualifying: [cell(), others[0]!], indistinct: [others[0]!] })],
    context,
  )[1]!;
  assert.match(one, /the intervals do not show that one to be worse\.$/);
});

Deno.test("summarySentence() says that a cost is not known when no price is given", () => {
  const missing = cell({ ...unpriced, criteria: { ...cell().criteria, cost: "unknown" } });
  assert.match(
    summarySentence([recommendation({ rejected: [missing] })], context),
    /its cost for 10,000 transactions is not known, as no price is given/,
  );
});

const free = { ...context, budgets: { ...budgets, cost_per_10k_txn_budget: null } };

Deno.test("without a price the words rest on latency and accuracy, and name no cost", () => {
  const busy = cell({ ...unpriced, concurrency: 16, transactions_per_minute: 600 });
  const text = summarySentence([recommendation({ qualifying: [cell(unpriced), busy] })], free);
  assert.match(text, /Its cost is not known, as no price is given\./);
  assert.match(
    text,
    /No price is given, so latency and accuracy decide: it answers fastest of the 2 options, of 2 measured, that keep all budgets and are not shown to be less often right\. The most gets through it with 16 requests at a time: 600 transactions a minute\./,
  );
  assert.doesNotMatch(text, /cheapest|\$/);
  const alone = recommendation({ qualifying: [cell(unpriced)], rejected: [slowCell()] });
  assert.match(
    summarySentence([alone], free),
    /as no price is given\. [^]*It is the only one of 2 measured options that keeps all budgets\./,
  );
  const unjudged = { ...unpriced, accuracy: null };
  assert.match(
    summarySentence(
      [recommendation({ qualifying: [cell(unjudged), cell({ ...unjudged, concurrency: 1 })] })],
      free,
    ),
    /latency decides, as no answer was judged: it answers fastest of the 2 options, of 2 measured, that keep all budgets\.\n/,
  );
});

Deno.test("an option without a price among others that have one is said to come last", () => {
  const found = recommendation({ qualifying: [cell(), cell({ ...unpriced, experiment_name: "own" })] });
  assert.match(summarySentence([found], free), /1 of them has no price and comes last\./);
});

Deno.test("tokens are not said to depend on the load, nor to run on a machine", () => {
  const api = cell({ cost_basis: "token", cost_interval: { low: 0.0005, high: 0.0005 } });
  const [first] = parts([recommendation({ qualifying: [api] })], context);
  assert.match(
    first!,
    /take \*\*alpha\*\* with 4 requests at a time\. A transaction costs \*\*\\\$0\.0005\*\*, 10,000 of them \*\*\\\$5\.00\*\*\. 95 %/,
  );
});

Deno.test("summarySentence() begins with the simulated endpoint when there is one", () => {
  assert.match(summarySentence([], { ...context, simulated: true }), /^> \*\*Simulated endpoint\.\*\*/);
  assert.doesNotMatch(summarySentence([], context), /imulated/);
  assert.match(summarySentence([], context), /Nothing was measured/);
});

Deno.test("summarySentence() shows markup in a name as text", () => {
  const text = summarySentence(
    [recommendation({ qualifying: [cell({ experiment_name: "<b>|*x*" })] })],
    context,
  );
  assert.match(text, /\*\*&lt;b&gt;\\\|\\\*x\\\*\*\*/);
  assert.match(text, /the only option that was measured/);
});

Deno.test("several models, machines, APIs and kinds of load are counted each for itself", () => {
  const rejected = [
    cell({ model_id: "a", instance_type: "x", concurrency: 1 }),
    cell({ model_id: "a", instance_type: "y", concurrency: 16 }),
    cell({ model_id: "b", instance_type: "y", experiment_name: "b" }),
    cell({
      model_id: "c",
      instance_type: "c",
      cost_basis: "token",
      concurrency: null,
      request_rate_rps: 2.5,
    }),
  ];
  assert.match(
    summarySentence([recommendation({ rejected })], context),
    /Measured: 3 models on 2 instance types and 1 per-token API, in 2 experiments, with 1 to 16 requests at a time and 2\.5 arrivals a second\.$/,
  );
});
