/** The CSV files of AWS's latency notebook, analysed as a study, through the command line. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { fmbench, inResults, onlyRun } from "./command.ts";

const columns = [
  ...["time_to_first_byte", "time_to_last_byte", "job_timestamp_iso", "configured_output_tokens_for_request"],
  ...["model_input_tokens", "model_output_tokens", "model", "region", "invocation_id", "api_call_status"],
  ...["full_error_message", "TEMPERATURE", "TOP_P", "TOP_K", "EXPERIMENT_NAME", "task_type"],
  ...["inference_profile", "timestamp", "run_count"],
];

/** A call a minute, optimized and standard in turn; the last one was throttled. TTFT 0.4 and 0.5 s, 46 tokens in 0.5 and 1 s more. */
function rows(): string[] {
  return Array.from({ length: 40 }, (_, i) => {
    const optimized = i % 2 === 0;
    const at = new Date(Date.UTC(2025, 0, 1, 10, i)).toISOString().replace(".000Z", "Z");
    const throttled = i === 39;
    const [first, last] = throttled ? ["", ""] : optimized ? ["0.4", "0.9"] : ["0.5", "1.5"];
    return [
      ...[first, last, at, 50, 20, throttled ? "" : 46, "vendor.harbour-v1:0", "us-east-2", i],
      ...throttled ? ["ThrottlingException", '"Too many, wait"'] : ["Success", ""],
      ...[1, 1, 250, "demo", "Text-Generation", optimized ? "optimized" : "standard", at, 1],
    ].join(",");
  });
}

Deno.test("the files of an older study become a report that says what they can't tell", async () => {
  await inResults(async (results) => {
    const folder = join(results, "old files");
    await Deno.mkdir(folder);
    const text = [columns.join(","), ...rows()].join("\n") + "\n";
    await Deno.writeTextFile(join(folder, "invocations_20250101_110000.csv"), text);

    const ended = await fmbench(["study", folder, "--results-dir", results, "--local-mode", "yes"]);
    assert.equal(ended.code, 0, ended.stderr);
    const { root, manifest } = await onlyRun(results, "imported-old-files");
    assert.equal(manifest.status, "finished");
    const report = await Deno.readTextFile(join(root, "report.md"));
    assert.match(report, /what such files can't tell/);
    assert.match(report, /no two variants are compared pair by pair/);
    // 45 tokens after the first in 0.5 s and in 1 s.
    assert.match(report, /\| vendor\.harbour-v1:0 us-east-2 optimized +\| 20 \|.*\b400\b/);
    assert.match(report, /\| vendor\.harbour-v1:0 us-east-2 standard +\| 19 \|.*\b500\b/);
    const speeds = report.slice(report.indexOf("Output speed"));
    assert.match(speeds, /us-east-2 optimized +\| 20 \|.*\b90\b/);
    assert.match(speeds, /us-east-2 standard +\| 19 \|.*\b45\b/);
    // One of 20 calls.
    assert.match(report, /us-east-2 standard +\| +20 \| +1 \| 5 % /);
    await assert.doesNotReject(Deno.stat(join(root, "study-summary.html")));
  });
});

Deno.test("a folder without such files is refused in words", async () => {
  await inResults(async (results) => {
    const folder = join(results, "empty");
    await Deno.mkdir(folder);
    const ended = await fmbench(["study", folder, "--results-dir", results]);
    assert.equal(ended.code, 1);
    assert.match(ended.stderr, /^Cannot .*invocations_\*\.csv/m);
    assert.doesNotMatch(ended.stderr, /at file:/);
  });
});
