import assert from "node:assert/strict";
import process from "node:process";
import type { Budgets, CellSummary, RequestRecord, Verdict } from "../../lib/core/mod.ts";
import { pl, requestsFrame, summarize } from "../../lib/analyze/mod.ts";
import { budgets, chain, endpoint, failure, prices, record } from "./generated_run.ts";

const options = { endpoints: [endpoint], prices, budgets };
const summaryOf = (records: readonly RequestRecord[], more = {}): CellSummary[] =>
  summarize(requestsFrame(records), { ...options, ...more });
const only = (records: readonly RequestRecord[], more = {}): CellSummary => {
  const cells = summaryOf(records, more);
  assert.equal(cells.length, 1);
  return cells[0]!;
};

/**
 * One in flight; latencies 100, 1100, 200, 1200, ..., 1000, 2000 ms, so that neighbours don't resemble each other; of the request that
 * takes 100 i: gaps of i and 2i ms, TTFT 10 i, TPOT i, i tokens.
 */
function twenty(): RequestRecord[] {
  const ranks = Array.from({ length: 10 }, (_, i) => [i + 1, i + 11]).flat();
  return chain(ranks.map((rank) => rank * 100), (i) => ({
    ttft_ms: ranks[i]! * 10,
    tpot_ms: ranks[i]!,
    output_tokens_per_s: 1000 / ranks[i]!,
    itl_us: [ranks[i]! * 1000, ranks[i]! * 2000],
    completion_tokens: ranks[i]!,
  }));
}

Deno.test("every figure of a cell of 20 requests", () => {
  const cell = only(twenty());
  const { e2e_ms, response_ms, ttft_ms, tpot_ms, itl_ms, output_tokens_per_s, error_rate, ...others } = cell;
  const { response_mean_ms, latency_ms, goodput, steadiness, cost_interval, ...plain } = others;
  assert.deepEqual(response_ms, e2e_ms);
  assert.deepEqual(latency_ms, response_ms.p95);
  // (100 + 200 + ... + 2000) / 20 = 1050.
  assert.deepEqual([response_mean_ms.value, response_mean_ms.n], [1050, 20]);
  // Nothing is asked for: every success is good.
  assert.deepEqual([goodput.per_minute, goodput.share.value, goodput.share.n], [60, 1, 20]);
  assert.deepEqual([steadiness.stalled, steadiness.saturated], [0, null]);
  assert.ok(cost_interval !== null && cost_interval.low! < 6 / 3600 && cost_interval.high! > 6 / 3600);

  // Ranks and positions as in tests/metrics: p50 at 9.5, ranks 6 and 15.
  assert.deepEqual(e2e_ms.p50, { value: 1050, low: 600, high: 1500, n: 20, flagged: false });
  assert.equal(e2e_ms.p95.value!.toFixed(6), "1905.000000");
  assert.equal(ttft_ms!.p50.value, 105);
  assert.equal(tpot_ms!.p50.value, 10.5);
  // 1000/11 and 1000/10 are the 10th and 11th speed: (90.909 + 100) / 2.
  assert.equal(output_tokens_per_s!.p50.value!.toFixed(3), "95.455");
  // 1..20 and 2, 4, ..., 40: 40 gaps. 14 and 15 are the 20th and 21st: 1..13 are 13 values, the even ones 2..12 six
  // more, so that 13 ends at rank 19; then 14, 14, 15.
  assert.equal(itl_ms!.p50.n, 40);
  assert.equal(itl_ms!.p50.value, 14);
  assert.deepEqual([error_rate.value, error_rate.n], [0, 20]);

  // The window runs to the last send, at 100 + 200 + ... + 1900 = 19,000 ms: 19 ends, 1 + 2 + ... + 19 = 190 tokens.
  // 19 / 19 s x 60 = 60; 3 an hour x 2 instances / 3600 an hour = 1/600.
  assert.deepEqual(plain, {
    experiment_name: "exp",
    model_id: "model",
    instance_type: "m.small",
    instance_count: 2,
    payload_file: "payload_en_0-500.jsonl",
    concurrency: 1,
    request_rate_rps: null,
    simulated: true,
    requests: 20,
    ok: 20,
    errors: 0,
    cancelled: 0,
    prompt_tokens_mean: 40,
    completion_tokens_mean: 10.5,
    token_source: "server",
    repeated_share: 0,
    window_s: 19,
    transactions_per_minute: 60,
    completion_tokens_per_s: 10,
    cost_basis: "instance",
    cost_per_transaction: 6 / 3600,
    cost_per_10k_transactions: (6 / 3600) * 10_000,
    // 40 + 10.5 tokens for that; all of them are good.
    cost_per_million_tokens: 6 / 3600 / 50.5 * 1e6,
    cost_per_million_good_tokens: 6 / 3600 / 50.5 * 1e6,
    accuracy: null,
    similarity: null,
    unjudged: null,
    // p95 1.905 s of 2, 16.67 of 50, no failure.
    criteria: {
      latency: "pass",
      cost: "pass",
      error_rate: "pass",
      accuracy: "pass",
      similarity: "pass",
      unjudged: "pass",
    },
  });
});

Deno.test("the latency that is judged is the statistic that is asked for", () => {
  const judged = (latency_statistic: Budgets["latency_statistic"]) =>
    only(twenty(), { budgets: { ...budgets, latency_budget: 1.5, latency_statistic } });
  // The median and the mean are 1050 ms, the p95 1905; 20 requests have no p99.
  const cells = (["p50", "mean", "p95", "p99"] as const).map(judged);
  assert.deepEqual(cells.map((cell) => cell.latency_ms.value), [
    1050,
    1050,
    cells[2]!.response_ms.p95.value,
    null,
  ]);
  assert.equal(cells[2]!.latency_ms.value!.toFixed(6), "1905.000000");
  assert.deepEqual(cells.map((cell) => cell.criteria.latency), ["pass", "pass", "fail", "unknown"]);
});

Deno.test("goodput counts the successes that meet every objective", () => {
  // 10 take 1 s or less, all of them within the window of 19 s; the request of 100 ms has a TTFT of 10, 8 of 30 or more.
  const fast = only(twenty(), { objectives: { e2e_ms: 1000 } }).goodput;
  assert.deepEqual([fast.share.value, fast.share.n, fast.per_minute!.toFixed(9)], [
    0.5,
    20,
    (600 / 19).toFixed(9),
  ]);
  assert.equal(only(twenty(), { objectives: { e2e_ms: 1000, ttft_ms: 20 } }).goodput.share.value, 0.1);
  // A failure is never good.
  const { share } =
    only([...twenty(), failure({ sent_ms: 30_000 })], { objectives: { e2e_ms: 9000 } }).goodput;
  assert.deepEqual([share.value, share.n], [20 / 21, 21]);
});

Deno.test("no requests, no cells", () => {
  assert.deepEqual(summaryOf([]), []);
});

Deno.test("one request gives counts and a rate, but no percentile", () => {
  const cell = only([record()]);
  // No more requests than slots: 1 in its own second, 60 a minute; 3 x 2 / 3600.
  assert.deepEqual([cell.requests, cell.ok, cell.window_s, cell.transactions_per_minute], [1, 1, 1, 60]);
  assert.equal(cell.cost_per_transaction, 6 / 3600);
  assert.deepEqual(cell.e2e_ms.p50, { value: null, low: null, high: null, n: 1, flagged: true });
  assert.equal(cell.criteria.latency, "unknown");
});

Deno.test("a cell in which all failed has an error rate and neither latency nor price", () => {
  const cell = only([
    failure({ sent_ms: 0, ended_ms: 10 }),
    failure({ sent_ms: 10, ended_ms: 20 }),
    failure({ sent_ms: 20, ended_ms: 30 }),
  ]);
  assert.deepEqual([cell.requests, cell.ok, cell.errors, cell.error_rate.value], [3, 0, 3, 1]);
  assert.deepEqual([cell.e2e_ms.p50.n, cell.ttft_ms, cell.itl_ms], [0, null, null]);
  assert.deepEqual([cell.prompt_tokens_mean, cell.token_source], [null, null]);
  assert.deepEqual([cell.transactions_per_minute, cell.cost_per_transaction], [0, null]);
  assert.deepEqual(cell.criteria, {
    latency: "unknown",
    cost: "unknown",
    error_rate: "fail",
    accuracy: "pass",
    similarity: "pass",
    unjudged: "pass",
  });
});

Deno.test("a request that succeeded at its second attempt is one success", () => {
  const cell = only([
    failure({ request_id: "a", attempt: 1, sent_ms: 0, ended_ms: 10 }),
    record({ request_id: "a", attempt: 2, sent_ms: 500, ended_ms: 1500 }),
    record({ request_id: "b", sent_ms: 1500, ended_ms: 2500 }),
    record({ request_id: "c", status: "cancelled", sent_ms: 2500, ended_ms: 2600, e2e_ms: null }),
  ]);
  assert.deepEqual([cell.requests, cell.ok, cell.errors, cell.cancelled], [3, 2, 0, 1]);
  assert.deepEqual([cell.error_rate.value, cell.error_rate.n], [0, 2]);
  // Sends of requests at 0, 1500 and 2500: ends at 1500 and 2500 inside. 2 / 2.5 s x 60.
  assert.equal(cell.window_s, 2.5);
  assert.equal(cell.transactions_per_minute, 48);
});

Deno.test("the share of repeated prompts is that of the successes that were measured", () => {
  const { repeated_share } = only([
    record({ request_id: "w", phase: "warmup", prompt_use: 1, sent_ms: -100, ended_ms: -50 }),
    record({ request_id: "a", prompt_use: 1, sent_ms: 0, ended_ms: 100 }),
    record({ request_id: "b", prompt_use: 2, sent_ms: 100, ended_ms: 200 }),
    record({ request_id: "c", prompt_use: 3, sent_ms: 200, ended_ms: 300 }),
    record({ request_id: "d", prompt_use: 1, sent_ms: 300, ended_ms: 400 }),
    record({ request_id: "e", prompt_use: null, sent_ms: 400, ended_ms: 500 }),
    failure({ request_id: "f", prompt_use: 2, sent_ms: 500, ended_ms: 600 }),
  ]);
  // b and c of a, b, c, d.
  assert.equal(repeated_share, 0.5);
  assert.equal(only([record({ prompt_use: null })]).repeated_share, null);
});

Deno.test("warm-up and drain enter no figure, but what of them lies in the window counts as throughput", () => {
  const cell = only([
    record({ phase: "warmup", sent_ms: -1000, ended_ms: 500, e2e_ms: 1500 }),
    record({ sent_ms: 0, ended_ms: 1000 }),
    record({ sent_ms: 500, ended_ms: 1500 }),
    record({ sent_ms: 1000, ended_ms: 2000 }),
    record({ phase: "drain", sent_ms: 1500, ended_ms: 9000, e2e_ms: 7500 }),
  ].map((one) => ({ ...one, concurrency: 2 })));
  assert.deepEqual([cell.requests, cell.e2e_ms.p50.value, cell.e2e_ms.p50.n], [3, 1000, 3]);
  // Window 0..1 s: a third of the warm-up's 1.5 s, the first one, half of the second: 11/6 in a second, x 60 = 110.
  assert.equal(cell.window_s, 1);
  assert.equal(cell.transactions_per_minute!.toFixed(9), "110.000000000");
});

Deno.test("a cell of which only the warm-up was sent is there with everything unknown", () => {
  const cell = only([record({ phase: "warmup" })]);
  assert.deepEqual([cell.requests, cell.window_s, cell.error_rate.value], [0, null, null]);
  assert.deepEqual(cell.criteria, {
    latency: "unknown",
    cost: "unknown",
    error_rate: "unknown",
    accuracy: "pass",
    similarity: "pass",
    unjudged: "pass",
  });
});

Deno.test("latencies of two segments are pooled, their rates taken over the time of both", () => {
  const first = chain([1000, 1000, 1000]);
  const second = chain([3000, 3000, 3000], () => ({ segment: "2", sent_at: "2026-01-02T00:00:00.000Z" }));
  const cell = only([...first, ...second]);
  assert.deepEqual([cell.requests, cell.e2e_ms.p50.n, cell.e2e_ms.p50.value], [6, 6, 2000]);
  // Windows of 2 s and 6 s with 2 ends each: 4 / 8 s x 60.
  assert.deepEqual([cell.window_s, cell.transactions_per_minute], [8, 30]);
});

Deno.test("without streaming there is a latency and no token figure", () => {
  const cell = only([record(), record()].map((one) => ({
    ...one,
    ttft_ms: null,
    tpot_ms: null,
    output_tokens_per_s: null,
    itl_us: null,
  })));
  assert.equal(cell.e2e_ms.p50.value, 1000);
  assert.deepEqual([cell.ttft_ms, cell.tpot_ms, cell.itl_ms, cell.output_tokens_per_s], [
    null,
    null,
    null,
    null,
  ]);
});

Deno.test("counts by different counters are mixed", () => {
  assert.equal(only([record(), record({ token_source: "tokenizer" })]).token_source, "mixed");
  assert.equal(only([record(), failure({ token_source: "estimate" })]).token_source, "server");
});

Deno.test("tokens are priced where the instance has no price", () => {
  const hosted = { ...endpoint, instance_type: "hosted", model_id: "hosted" };
  // (40 x 0.5 + 10 x 2) / 1000 = 0.04, and (40 x 0.5 + 30 x 2) / 1000 = 0.08: mean 0.06. A failure costs nothing here.
  const cell = only([record(), record({ completion_tokens: 30 }), failure()], { endpoints: [hosted] });
  assert.deepEqual([cell.cost_basis, cell.cost_per_transaction!.toFixed(12)], ["token", "0.060000000000"]);
  assert.equal(cell.cost_per_10k_transactions!.toFixed(9), "600.000000000");
  assert.equal(cell.criteria.cost, "fail");
});

Deno.test("without a price the cost is unknown and everything else is there", () => {
  const cell = only([record(), record()], { endpoints: [{ ...endpoint, instance_type: "m.unheard-of" }] });
  assert.deepEqual([cell.cost_basis, cell.cost_per_transaction, cell.cost_per_10k_transactions], [
    null,
    null,
    null,
  ]);
  assert.equal(cell.criteria.cost, "unknown");
  assert.equal(cell.e2e_ms.p50.value, 1000);
});

Deno.test("an experiment without an endpoint entry is described by its records", () => {
  const cell = only([record()], { endpoints: [] });
  assert.deepEqual([cell.model_id, cell.instance_type, cell.instance_count, cell.simulated], [
    "model",
    "m.small",
    1,
    false,
  ]);
});

Deno.test("cells are sorted by experiment, payload file and concurrency, numbers as numbers", () => {
  const of = (experiment_name: string, payload_file: string, concurrency: number) =>
    record({ experiment_name, payload_file, concurrency });
  const cells = summaryOf([
    of("exp-10", "payload_en_0-500.jsonl", 1),
    of("exp-2", "payload_en_1000-2000.jsonl", 1),
    of("exp-2", "payload_en_500-1000.jsonl", 16),
    of("exp-2", "payload_en_500-1000.jsonl", 2),
  ]);
  assert.deepEqual(cells.map((cell) => [cell.experiment_name, cell.payload_file, cell.concurrency]), [
    ["exp-2", "payload_en_500-1000.jsonl", 2],
    ["exp-2", "payload_en_500-1000.jsonl", 16],
    ["exp-2", "payload_en_1000-2000.jsonl", 1],
    ["exp-10", "payload_en_0-500.jsonl", 1],
  ]);
});

Deno.test("gaps stay with their cell", () => {
  const cells = summaryOf([
    record({ concurrency: 1, itl_us: [1000, 1000] }),
    record({ concurrency: 2, itl_us: [9000, 9000, 9000] }),
    record({ concurrency: 1, itl_us: [3000, 3000] }),
    failure({ concurrency: 1, itl_us: [90_000] }),
    record({ concurrency: 2, itl_us: [] }),
  ]);
  // 1, 1, 3, 3 ms and 9, 9, 9 ms.
  assert.deepEqual(cells.map((cell) => [cell.itl_ms!.p50.value, cell.itl_ms!.p50.n]), [[2, 4], [9, 3]]);
});

Deno.test("accuracy is that of the cell's own verdicts", () => {
  const verdict = (verdict: Verdict["verdict"], concurrency: number): Verdict => ({
    request_id: "r",
    experiment_name: "exp",
    payload_file: "payload_en_0-500.jsonl",
    payload_id: "p",
    concurrency,
    method: "contains",
    verdict,
  });
  const accuracy = [
    verdict("correct", 1),
    verdict("correct", 1),
    verdict("correct", 1),
    verdict("incorrect", 1),
    verdict("failed", 1),
    verdict("incorrect", 2),
  ];
  const cell = only([record(), record()], { accuracy, budgets: { ...budgets, accuracy_budget: 0.7 } });
  // 3 / 4; the failed judgement is no answer.
  assert.deepEqual([cell.accuracy!.value, cell.accuracy!.n], [0.75, 4]);
  assert.equal(cell.criteria.accuracy, "pass");
});

Deno.test("an attempt without a concurrency is refused", () => {
  assert.throws(() => summaryOf([record({ concurrency: null })]), RangeError);
});

Deno.test("a hundred thousand requests take seconds, not minutes", () => {
  const thousand = requestsFrame(
    chain(Array.from({ length: 1000 }, () => 10), (i) => ({ concurrency: i % 10 + 1, itl_us: [1000, 2000] })),
  );
  const requests = pl.concat(Array.from({ length: 100 }, () => thousand)).withColumns(
    pl.Series("request_id", Array.from({ length: 100_000 }, (_, i) => `r${i}`), pl.String),
  );
  const before = process.cpuUsage();
  const cells = summarize(requests, options);
  const { user, system } = process.cpuUsage(before);
  assert.deepEqual(cells.map((cell) => cell.requests), new Array(10).fill(10_000));
  // Processor time, so that a busy machine does no harm: about 1 s; a quadratic step would take far more than 5.
  assert.ok(user + system < 5_000_000, `${(user + system) / 1e6} s`);
});

Deno.test("a cell of the open loop is summarised by its rate", () => {
  // Sent every 100 ms, each takes 250: the window is the 900 ms of sending, 250 later; 9 of the 10 ends lie in it.
  const records = Array.from({ length: 10 }, (_, i) =>
    record({
      concurrency: null,
      request_rate_rps: 10,
      arrival: "constant",
      sent_ms: i * 100,
      ended_ms: i * 100 + 250,
      e2e_ms: 250,
    }));
  const { concurrency, request_rate_rps, window_s, transactions_per_minute, e2e_ms } = only(records);
  assert.deepEqual([concurrency, request_rate_rps, window_s, e2e_ms.p50.value], [null, 10, 0.9, 250]);
  assert.equal(transactions_per_minute!.toFixed(9), "600.000000000");
});

Deno.test("waits and retries are in the response time, which the budget is held to, and not in the E2E latency", () => {
  // Due at 0, sent at 1900 for want of room, answered in 200: the user waited 2.1 s.
  const records = Array.from({ length: 20 }, (_, i) =>
    record({
      request_id: `r${i}`,
      concurrency: null,
      request_rate_rps: 10,
      scheduled_ms: 0,
      sent_ms: 1900,
      ended_ms: 2100,
      e2e_ms: 200,
      response_ms: 2100,
    }));
  const { e2e_ms, response_ms, criteria } = only(records);
  assert.deepEqual([e2e_ms.p95.value, response_ms.p95.value, response_ms.p95.n], [200, 2100, 20]);
  assert.equal(criteria.latency, "fail");
});
