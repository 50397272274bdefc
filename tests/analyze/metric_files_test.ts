import assert from "node:assert/strict";
import { join } from "node:path";
import type { RequestRecord } from "../../lib/core/mod.ts";
import { pl, runFigures, scanRequests, writeInferences, writeMetrics } from "../../lib/analyze/mod.ts";
import { budgets, chain, endpoint, failure, inRun, journal, prices, record } from "./generated_run.ts";

/** Writes the files of a run with these records and hands them over by name. */
async function filesOf(
  records: readonly RequestRecord[],
  check: (rows: (name: string) => Record<string, unknown>[], folder: string) => void,
): Promise<void> {
  await inRun({ "1-1.jsonl": journal(records) }, async (run_dir) => {
    const requests = await scanRequests(run_dir);
    const figures = await runFigures(requests, { endpoints: [endpoint], prices, budgets });
    await writeMetrics(run_dir, figures);
    await writeInferences(run_dir, requests, [endpoint]);
    const folder = join(run_dir, "metrics");
    check((name) => pl.readCSV(join(folder, `${name}.csv`), { inferSchemaLength: 1000 }).toRecords(), folder);
  });
}

// 20 requests of 100, 1100, 200, 1200, ..., 2000 ms, one in flight: figures as in cell_summary_test.ts.
const level = () => chain(Array.from({ length: 10 }, (_, i) => [(i + 1) * 100, (i + 11) * 100]).flat());

Deno.test("a summary row in FMBench's names, latencies in seconds", async () => {
  await filesOf(
    [...level(), record({ phase: "warmup", sent_ms: -2000, ended_ms: -1000, e2e_ms: 9e9 })],
    (rows) => {
      const [row, ...others] = rows("all_metrics_summary");
      assert.deepEqual(others, []);
      const { latency_p50, latency_p50_low, latency_p99, TTFT_p50, TPOT_p50, latency_n } = row!;
      assert.deepEqual([latency_p50, latency_p50_low, latency_p99, latency_n], [1.05, 0.6, null, 20]);
      assert.deepEqual([TTFT_p50, TPOT_p50], [0.1, 0.1]);
      // 19 in 19 s: one a second, with 40 prompt tokens and 10 completion tokens each.
      assert.deepEqual(
        [row!.transactions_per_minute, row!.prompt_token_throughput, row!.completion_token_throughput],
        [60, 40, 10],
      );

      const [all] = rows("all_metrics");
      assert.deepEqual(
        [all!.successes, all!.errors, all!.transactions, all!.transactions_per_second],
        [20, 0, 20, 1],
      );
      assert.deepEqual([all!.all_prompts_token_count, all!.all_completions_token_count], [800, 200]);
    },
  );
});

Deno.test("prices, best options, error rates, costs and counts", async () => {
  await filesOf([...level(), failure({ concurrency: 2, sent_ms: 40_000, ended_ms: 41_000 })], (rows) => {
    const [priced, unpriced] = rows("summary_metrics_w_pricing");
    // 6 / 3600 for 50 tokens.
    assert.equal(Number(priced!.price_per_txn).toFixed(9), "0.001666667");
    assert.equal(Number(priced!.price_per_token).toFixed(9), "0.000033333");
    assert.equal(Number(priced!.price_per_10k_txn).toFixed(6), "16.666667");
    assert.deepEqual([unpriced!.price_per_txn, unpriced!.cost_criterion], [null, "unknown"]);

    for (const name of ["best_option", "best_option_each_instance_type"]) {
      const best = rows(`summary_metrics_for_dataset_${name}`);
      assert.deepEqual(best.map((row) => [row.instance_type, row.concurrency]), [["m.small", 1]]);
    }
    assert.deepEqual(rows("error_rates").map((row) => [row.concurrency, row.error_rate, row.errors]), [
      [1, 0, 0],
      [2, 1, 1],
    ]);
    assert.deepEqual(rows("experiment_counts").map((row) => row.count), [20, 1]);
    const [cost] = rows("endpoint_per_instance_per_run_costs");
    // The first level ends after 21 s, the second takes 1 s: 6 x 22 / 3600.
    assert.equal(cost!.duration_in_seconds, 22);
    assert.equal(Number(cost!.cost).toFixed(9), (0.036666667).toFixed(9));
  });
});

Deno.test("each measured request is a row by its final attempt, and its text is harmless", async () => {
  const records = [
    record({ phase: "warmup" }),
    failure({ request_id: "a", attempt: 1 }),
    record({ request_id: "a", attempt: 2, last_token_ms: 990, completion: '=HYPERLINK("x")' }),
    failure({ request_id: "b", error_message: "-1 tokens" }),
  ];
  await filesOf(records, (rows) => {
    const results = rows("per_inference_request_results");
    assert.deepEqual(results.map((row) => [row.uuid, row.attempt, row.status]), [
      ["a", 2, "ok"],
      ["b", 1, "error"],
    ]);
    const [row, failed] = results;
    assert.deepEqual(
      [row!.latency, row!.time_to_first_token, row!.time_per_output_token, row!.time_to_last_token],
      [1, 0.1, 0.1, 0.99],
    );
    assert.deepEqual([row!.completion, row!.instance_count, row!.ModelName], [
      `'=HYPERLINK("x")`,
      2,
      "model",
    ]);
    assert.deepEqual([failed!.latency, failed!.error_message], [null, "'-1 tokens"]);
  });
});

Deno.test("a run without requests has every file, with its header alone", async () => {
  await filesOf([], (_rows, folder) => {
    const names = [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
    assert.deepEqual(names, [
      "all_metrics.csv",
      "all_metrics_summary.csv",
      "endpoint_per_instance_per_run_costs.csv",
      "error_rates.csv",
      "experiment_counts.csv",
      "per_inference_request_results.csv",
      "summary_metrics_for_dataset_best_option.csv",
      "summary_metrics_for_dataset_best_option_each_instance_type.csv",
      "summary_metrics_w_pricing.csv",
    ]);
    for (const name of names) {
      assert.match(Deno.readTextFileSync(join(folder, name)), /^[a-z_]+(,[A-Za-z0-9_]+)+\n$/);
    }
  });
});
