import assert from "node:assert/strict";
import { cellEstimates, openRequests } from "../../lib/analyze/mod.ts";
import { budgets, chain, endpoint, failure, inRun, journal, prices, record } from "./generated_run.ts";

const options = { endpoints: [endpoint], prices, budgets };

Deno.test("what is compared of a cell has an interval, in the order of sending", async () => {
  // One in flight: 1 s and 3 s in turn, 40 requests; gaps of 10 and 30 ms; then a failure.
  const latencies = Array.from({ length: 40 }, (_, i) => i % 2 === 0 ? 1000 : 3000);
  const records = chain(latencies, (i) => ({ ttft_ms: 100 + i % 2, itl_us: [10_000, 30_000] }));
  const journals = {
    "1-1.jsonl": journal([...records, failure({ sent_ms: 80_000, ended_ms: 80_001 })].reverse()),
  };
  await inRun(journals, async (run_dir) => {
    const [cell, ...others] = await cellEstimates(await openRequests(run_dir), options);
    assert.deepEqual([cell!.experiment_name, cell!.concurrency, others], ["exp", 1, []]);
    const { estimates } = cell!;
    // Mean 2000, s^2 = 40/39 x 10^6; neighbours are unlike: t(39) 2.0227 x sqrt(s^2 / 40) = 323.9.
    const { value, low, n } = estimates.response_mean_ms!;
    assert.deepEqual([value, n, low!.toFixed(1)], [2000, 40, "1676.1"]);
    assert.deepEqual([estimates.ttft_mean_ms!.value, estimates.itl_mean_ms!.value], [100.5, 20]);
    assert.equal(estimates.error_rate!.value!.toFixed(6), (1 / 41).toFixed(6));
    // From 0 to the last send, the failed one's at 80 s: 40 successes, 30 a minute. Two instances at 3 an hour: 1/300 each.
    assert.equal(estimates.transactions_per_minute!.value!.toFixed(9), "30.000000000");
    assert.equal(estimates.cost_per_transaction!.value!.toFixed(9), (1 / 300).toFixed(9));
    const { low: least, high: most } = estimates.transactions_per_minute!;
    assert.equal(estimates.cost_per_transaction!.low!.toFixed(9), (0.1 / most!).toFixed(9));
    assert.equal(estimates.cost_per_transaction!.high!.toFixed(9), (0.1 / least!).toFixed(9));
    assert.deepEqual([estimates.accuracy, estimates.similarity, estimates.tpot_p99_ms!.value], [
      null,
      null,
      null,
    ]);
  });
});

Deno.test("goodput counts what meets the objectives, and a price by the token has the spread of the tokens", async () => {
  const records = Array.from({ length: 30 }, (_, i) =>
    record({
      model_id: "hosted",
      instance_type: "none",
      sent_ms: i * 1000,
      ended_ms: (i + 1) * 1000,
      response_ms: i % 2 === 0 ? 500 : 5000,
      prompt_tokens: 1000,
      completion_tokens: i % 2 === 0 ? 1000 : 2000,
    }));
  const hosted = { ...endpoint, model_id: "hosted", instance_type: "none" };
  await inRun({ "1-1.jsonl": journal(records) }, async (run_dir) => {
    const [cell] = await cellEstimates(await openRequests(run_dir), {
      ...options,
      endpoints: [hosted],
      objectives: { response_ms: 1000 },
    });
    const { transactions_per_minute, goodput_per_minute, cost_per_transaction } = cell!.estimates;
    // Up to the last send at 29 s: 29 successes, of which 15 keep within 1 s.
    assert.equal(transactions_per_minute!.value!.toFixed(6), "60.000000");
    assert.equal(goodput_per_minute!.value!.toFixed(6), (15 / 29 * 60).toFixed(6));
    // 0.5 + 2 and 0.5 + 4 in turn: mean 3.5, s^2 = 30/29, t(29) 2.0452 x sqrt(s^2 / 30) = 0.3798.
    assert.deepEqual([cost_per_transaction!.value, cost_per_transaction!.low!.toFixed(4)], [3.5, "3.1202"]);
  });
});
