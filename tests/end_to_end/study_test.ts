/** A latency study from a scenario file to its report, on the embedded endpoint, through the command line. */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { RequestRecord } from "../../lib/core/mod.ts";
import { projectRoot } from "../../lib/pipeline/project.ts";
import type { Truth } from "../../lib/simulate/mod.ts";
import { readJournal, readJsonLines } from "../../lib/storage/mod.ts";
import { fmbench, inResults, onlyRun } from "./command.ts";

const config = join(projectRoot, "configs", "latency-study-demo.yml");

/** An object over several lines with comments, and one a line: the forms that such files have. */
const scenarioFile = `// what is asked, and of whom
{
    "text_prompt": "Why do ships carry a log?",
    "expected_output_tokens": 50,  // the most that is written
    "task_type": "Text-Generation",
    "model_id": "us.vendor.harbour-70b-v1:0",
    "region": "us-west-2", // where it is asked
    "inference_profile": "optimized"  // or standard
}

{"text_prompt": "Name a use of a chart.", "expected_output_tokens": 5, "task_type": "Text-Generation", "model_id": "us.vendor.pilot-8b-v1:0", "region": "us-east-2", "inference_profile": "optimized"}
{"text_prompt": "Name a use of a chart.", "expected_output_tokens": 5, "task_type": "Text-Generation", "model_id": "us.vendor.pilot-8b-v1:0", "region": "us-east-2", "inference_profile": "standard"}
`;

const pilot = "us.vendor.pilot-8b-v1:0 us-east-2";
const harbour = "us.vendor.harbour-70b-v1:0 us-west-2";

Deno.test("a scenario file goes to a report: every call by the book, what was served otherwise found and kept out", async (t) => {
  await inResults(async (results) => {
    const scenarios = join(results, "scenarios.jsonl");
    await Deno.writeTextFile(scenarios, scenarioFile);
    let root = "";
    let rows: readonly RequestRecord[] = [];

    await t.step("headless, with the shipped config", async () => {
      const ended = await fmbench([
        ...["run", "--config-file", config, "--local-mode", "yes", "--results-dir", results],
        ...["--set", `study.scenarios=${scenarios}`, "--set", "study.sleep_between_invocations=0.05"],
        ...["--set", "study.invocations_per_scenario=3", "--set", "study.rounds=2"],
        ...[
          "--set",
          "study.simulate={profile: sim-api, optimized: {ttft_factor: 0.5}, faults: {served_standard: [2]}}",
        ],
      ]);
      assert.equal(ended.code, 0, ended.stderr);
      const run = await onlyRun(results, "latency-study-demo");
      root = run.root;
      assert.deepEqual(run.manifest.steps.map(({ status }) => status).sort(), [
        ...["finished", "finished", "finished", "finished", "finished", "finished", "skipped", "skipped"],
      ]);
      rows = (await readJournal(join(root, "requests", "s1-w0.jsonl"))).records;
    });

    await t.step(
      "each line is called as often as asked, in blocks of one prompt on all of its variants",
      () => {
        // 3 lines x 3 invocations x 2 rounds.
        assert.equal(rows.length, 18);
        const perVariant = Map.groupBy(rows, ({ experiment_name }) => experiment_name);
        assert.deepEqual([...perVariant].map(([name, all]) => [name, all.length]).sort(), [
          [`${harbour} optimized`, 6],
          [`${pilot} optimized`, 6],
          [`${pilot} standard`, 6],
        ]);
        for (const block of Map.groupBy(rows, (row) => row.block).values()) {
          assert.equal(new Set(block.map(({ payload_id }) => payload_id)).size, 1);
          assert.equal(block.length, block[0]!.max_tokens === 5 ? 2 : 1);
        }
      },
    );

    await t.step(
      "each row says what was asked and served, and agrees with the endpoint's own log",
      async () => {
        const truths = new Map<string, Truth>();
        for await (const { name } of Deno.readDir(join(root, "simulate"))) {
          for (const truth of await readJsonLines<Truth>(join(root, "simulate", name))) {
            truths.set(truth.request_id, truth);
          }
        }
        assert.equal(truths.size, 18);
        for (const row of rows) {
          const truth = truths.get(row.server_request_id!)!;
          assert.deepEqual(
            [row.status, row.served_latency_mode, row.completion_tokens],
            ["ok", truth.served_latency, truth.completion_tokens],
          );
          assert.equal(row.asked_latency_mode, row.experiment_name!.split(" ").at(-1));
          assert.ok(row.ttft_ms! >= truth.ttft_ms! - 0.01, "a token can't arrive before it is sent");
          // 60 ms and 15 % noise at the least, half of it where it was optimized.
          const least = row.served_latency_mode === "optimized" ? 0.85 * 30 : 0.85 * 60;
          assert.ok(row.ttft_ms! >= least, `${row.ttft_ms} ms`);
          assert.ok(
            row.connection_reused === true || row.connection_ahead === true,
            "no call waited for a connection",
          );
        }
        const otherwise = rows.filter((row) => row.asked_latency_mode !== row.served_latency_mode);
        assert.deepEqual(otherwise.map(({ experiment_name }) => experiment_name).sort(), [
          `${harbour} optimized`,
          `${pilot} optimized`,
        ]);
        const cut = rows.filter(({ stop_reason }) => stop_reason === "max_tokens");
        assert.equal(cut.length, 12, "an answer of five tokens is cut off");
      },
    );

    await t.step("report, page and tables say so", async () => {
      const report = await Deno.readTextFile(join(root, "report.md"));
      for (const text of [pilot, harbour, "Simulated endpoint"]) assert.ok(report.includes(text), text);
      assert.match(report, /pilot-8b-v1:0 us-east-2 optimized: 1 of 6 successful calls/);
      const page = await Deno.readTextFile(join(root, "study-summary.html"));
      assert.match(page, /^<!doctype html>/i);
      assert.doesNotMatch(page, /(src|href)="(https?:|\/)/);
      const names = [...Deno.readDirSync(join(root, "metrics"))].map(({ name }) => name).sort();
      const rounds = names.filter((name) => /^invocations_\d{8}_\d{6}(_2)?\.csv$/.test(name));
      assert.equal(rounds.length, 2);
      const lines = rounds.map((name) =>
        Deno.readTextFileSync(join(root, "metrics", name)).trim().split("\n")
      );
      assert.deepEqual(lines.map(({ length }) => length), [10, 10]);
      assert.match(lines[0]![0]!, /^time_to_first_byte,time_to_last_byte,job_timestamp_iso,/);
      assert.ok(names.some((name) => /^analysis_summary_\d{8}_\d{6}\.csv$/.test(name)));
    });
  });
});
