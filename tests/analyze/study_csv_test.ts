import assert from "node:assert/strict";
import { join } from "node:path";
import { requestsFrame, type StudyCsvOptions, writeStudyCsv } from "../../lib/analyze/mod.ts";
import type { RequestRecord } from "../../lib/core/mod.ts";
import { record } from "./generated_run.ts";
import { call, optimized, standard, throttled } from "./generated_study.ts";

const options: StudyCsvOptions = {
  name: "=study, one",
  experiments: [standard, optimized],
  parameters: new Map([[standard.experiment_name, { temperature: 0.5, topP: 0.9, max_tokens: 9 }]]),
  task_types: new Map([["s m r standard", "Text-Generation"]]),
};

/** The written files by name, as lines of values; the values of these files hold no line breaks. */
async function written(
  records: readonly RequestRecord[],
  earlier: Record<string, string> = {},
): Promise<Map<string, Record<string, string>[]>> {
  const run_dir = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(run_dir, "metrics"));
    for (const [name, text] of Object.entries(earlier)) {
      await Deno.writeTextFile(join(run_dir, "metrics", name), text);
    }
    await writeStudyCsv(run_dir, requestsFrame(records), options);
    const names = (await Array.fromAsync(Deno.readDir(join(run_dir, "metrics")))).map(({ name }) => name)
      .sort();
    const files = names.map(async (name) =>
      [name, rowsOf(await Deno.readTextFile(join(run_dir, "metrics", name)))] as const
    );
    return new Map(await Promise.all(files));
  } finally {
    await Deno.remove(run_dir, { recursive: true });
  }
}

function rowsOf(csv: string): Record<string, string>[] {
  const [header, ...rows] = csv.trimEnd().split("\n").map((line) =>
    [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].slice(0, line.endsWith(",") ? undefined : -1).map((
      [, value],
    ) => value!)
  );
  return rows.map((row) => Object.fromEntries(header!.map((name, i) => [name, row[i] ?? ""])));
}

const notebookColumns = [
  ...["time_to_first_byte", "time_to_last_byte", "job_timestamp_iso", "configured_output_tokens_for_request"],
  ...["model_input_tokens", "model_output_tokens", "model", "region", "invocation_id", "api_call_status"],
  ...["full_error_message", "TEMPERATURE", "TOP_P", "TOP_K", "EXPERIMENT_NAME", "task_type"],
  ...["inference_profile", "timestamp", "run_count"],
];

Deno.test("invocations_*.csv has the notebook's columns and seconds, and what was really sent", async () => {
  const files = await written([
    call(standard, 1500, { ttft_ms: 250, e2e_ms: 2000, max_tokens: 10, block: 7, output_tokens_per_s: 5 }),
    call(standard, 61_000, { block: 9, status: "cancelled" }),
  ]);
  const [name] = files.keys().filter((one) => one.startsWith("invocations"));
  assert.equal(name, "invocations_20260105_000001.csv");
  const [row, ...others] = files.get(name!)!;
  assert.deepEqual(others, []);
  assert.deepEqual(Object.keys(row!).slice(0, 19), notebookColumns);
  assert.deepEqual(Object.values(row!).slice(0, 20), [
    ...["0.25", "2.0", "2026-01-05T00:00:01Z", "10", "40", "10", "m", "r", "0", "Success", "Success"],
    ...["0.5", "0.9", "", `"'=study, one"`, "Text-Generation", "standard", "2026-01-05 00:00:01.500", "1"],
    // 10 tokens in 2 s
    "5.0",
  ]);
  assert.equal(row!["output_tokens_per_s"], "5.0");
});

Deno.test("failures have a row, throttling is named as the notebook counts it", async () => {
  const files = await written([
    throttled(optimized, 0, { block: 4 }),
    throttled(optimized, 1000, { block: 5, error_kind: "timeout", error_message: "=no answer" }),
    throttled(optimized, 1500, { block: 4, attempt: 2 }),
  ]);
  const rows = files.get("invocations_20260105_000001.csv")!;
  assert.deepEqual(
    rows.map((
      row,
    ) => [
      row["api_call_status"],
      row["full_error_message"],
      row["time_to_first_byte"],
      row["invocation_id"],
    ]),
    [
      ["ThrottlingException", "HTTP 429 ThrottlingException", "", "0"],
      ["timeout", "'=no answer", "", "1"],
      ["ThrottlingException", "HTTP 429 ThrottlingException", "", "0"],
    ],
  );
  assert.deepEqual(rows.map((row) => [row["TEMPERATURE"], row["task_type"]]), [["", ""], ["", ""], ["", ""]]);
});

Deno.test("a file a round, also when two end in one second; those of an earlier analysis are replaced", async () => {
  const files = await written([
    call(standard, 100, { round: 1 }),
    call(standard, 300, { round: 2 }),
    call(standard, 90_000, { round: 3 }),
    call(optimized, 80_000, { round: 3 }),
  ], {
    "invocations_20200101_000000.csv": "old",
    "invocations_20200101_000000_2.csv": "old",
    "mine.csv": "kept",
  });
  assert.deepEqual([...files.keys()], [
    "analysis_summary_20260105_000130.csv",
    "invocations_20260105_000000.csv",
    "invocations_20260105_000000_2.csv",
    "invocations_20260105_000130.csv",
    "mine.csv",
  ]);
  assert.deepEqual(
    files.get("invocations_20260105_000130.csv")!.map((row) => [row["model"], row["inference_profile"]]),
    [
      ["m", "optimized"],
      ["m", "standard"],
    ],
  );
});

Deno.test("analysis_summary_*.csv has the notebook's columns over the calls that count", async () => {
  // TTFT 0.1, 0.2, 0.3 s; 1, 2 and 4 s in all for 10 tokens: 10, 5 and 2.5 tokens/s by the notebook's formula.
  const files = await written([
    ...[[100, 1000, 30], [200, 2000, 20], [300, 4000, 10]].map(([ttft_ms, e2e_ms, output_tokens_per_s], i) =>
      call(standard, i * 1000, {
        ttft_ms: ttft_ms!,
        e2e_ms: e2e_ms!,
        output_tokens_per_s: output_tokens_per_s!,
        block: i,
      })
    ),
    call(optimized, 4000, { served_latency_mode: "standard" }),
    call(standard, 5000, { connection_reused: false, ttft_ms: 9000, e2e_ms: 9000 }),
    throttled(standard, 6000),
  ]);
  const [row, other] = files.get("analysis_summary_20260105_000006.csv")!;
  const near = (name: string, expected: number) =>
    assert.ok(Math.abs(Number(row![name]) - expected) < 1e-9, `${name}: ${row![name]}`);
  assert.deepEqual(Object.keys(row!).slice(0, 18), [
    ...[
      "model",
      "region",
      "inference_profile",
      "sample_size",
      "TTFT_mean",
      "TTFT_p50",
      "TTFT_p90",
      "TTFT_std",
    ],
    ...["avg_input_tokens", "avg_output_tokens", "total_time_mean", "total_time_p50", "total_time_p90"],
    ...["OTPS_mean", "OTPS_p50", "OTPS_p90", "OTPS_std", "output_tokens_per_s_mean"],
  ]);
  assert.deepEqual([row!["model"], row!["inference_profile"], row!["sample_size"]], ["m", "standard", "3"]);
  near("TTFT_mean", 0.2);
  near("TTFT_p90", 0.28);
  near("TTFT_std", 0.1);
  near("total_time_p50", 2);
  near("OTPS_mean", 17.5 / 3);
  near("OTPS_p90", 9);
  near("output_tokens_per_s_p10", 12);
  assert.deepEqual([row!["calls"], row!["errors"], row!["throttled"], row!["cold"]], ["5", "1", "1", "1"]);
  assert.deepEqual([other!["sample_size"], other!["TTFT_mean"], other!["served_otherwise"]], ["0", "", "1"]);
});

Deno.test("without a finished call there is no file", async () => {
  const files = await written([record({ status: "cancelled" })], {
    "analysis_summary_20200101_000000.csv": "old",
  });
  assert.deepEqual([...files.keys()], []);
});
