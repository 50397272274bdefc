import assert from "node:assert/strict";
import { basename, join, relative } from "node:path";
import { pl } from "nodejs-polars";
import type { RequestRecord } from "../../lib/core/mod.ts";
import { writeEndpoints } from "../../lib/deploy/mod.ts";
import { UserError } from "../../lib/core/mod.ts";
import { exportRun } from "../../lib/pipeline/export.ts";
import { loadAnalysis } from "../../lib/pipeline/steps/analysis.ts";
import type { Run } from "../../lib/run/mod.ts";
import { chain, failure, journal, record } from "../analyze/generated_run.ts";
import { endpoint } from "../load/made_up.ts";
import { inProject, mark, openStep, start } from "./made_up_project.ts";

const payload = { payload_id: "p0", prompt: "What is 2 + 2?", prompt_tokens: 40, language: "en" };

/** Experiment "one": a warm-up, four requests in a row at a concurrency of 1, five at 2, one of which fails. */
function measured(): RequestRecord[] {
  const of = (more: Partial<RequestRecord>): Partial<RequestRecord> => ({
    experiment_name: "one",
    instance_type: "sim.small",
    payload_file: "short.jsonl",
    ground_truth: '["4","four"]',
    question: "2 + 2?",
    completion: "=4",
    ...more,
  });
  return [
    record(of({ request_id: "w", phase: "warmup", sent_ms: -5000, ended_ms: -4000 })),
    ...chain([1000, 1000, 1000, 1000], (i) => of({ request_id: `a${i}`, last_token_ms: i * 1000 + 900 })),
    ...[0, 1, 2, 3].map((i) =>
      record(of({
        request_id: `b${i}`,
        concurrency: 2,
        sent_ms: 10_000 + Math.floor(i / 2) * 2000,
        ended_ms: 10_000 + Math.floor(i / 2) * 2000 + 1000 + i * 100,
        e2e_ms: 1000 + i * 100,
        ttft_ms: 100 + i * 100,
      }))
    ),
    failure(of({ request_id: "b4", concurrency: 2, sent_ms: 14_000, ended_ms: 14_500, completion: null })),
  ];
}

/** An analysed run with charts, and the folder that it lies in. */
async function analysed(work: (run: Run, folder: string) => Promise<void>): Promise<void> {
  await inProject(async (folder) => {
    const started = await start(folder, { second: 1 });
    const { run } = started;
    await Deno.writeTextFile(join(run.paths.requests, "s1-w0.jsonl"), journal(measured(), "1", "1"));
    const line = JSON.stringify({ ...payload, question: "2 + 2?", ground_truth: ["4", "four"] }) + "\n";
    await Deno.writeTextFile(join(run.paths.prompts, "short.jsonl"), line);
    await writeEndpoints(run.paths.root, [
      endpoint({
        experiment_name: "one",
        endpoint_name: "ep",
        instance_type: "sim.small",
        model_id: "sim-small",
      }),
    ]);
    await mark(run, { status: "finished" }, "1_generate_data", "2_deploy_model", "3_run_inference");
    await loadAnalysis(openStep("5_model_metric_analysis", started));
    await Deno.mkdir(run.paths.charts);
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="5"><rect width="10" height="5"/></svg>';
    await Deno.writeTextFile(join(run.paths.charts, "cost_against_latency.svg"), svg);
    await Deno.mkdir(join(run.paths.evaluations, "per_poll_eval"), { recursive: true });
    await Deno.writeTextFile(
      join(run.paths.evaluations, "candidate_model_accuracy.csv"),
      "candidate_model\nm\n",
    );
    await Deno.writeTextFile(join(run.paths.evaluations, "per_poll_eval", "m_1.json"), "{}");
    await Deno.writeTextFile(run.paths.report, "# Report\n");
    await work(run, folder);
  });
}

async function filesBelow(root: string, folder = root): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    found.push(...isDirectory ? await filesBelow(root, path) : [relative(root, path)]);
  }
  return found.sort();
}

const rowsOf = (path: string) => pl.readCSV(path, { inferSchemaLength: 1000 }).toRecords();

Deno.test("the tree has FMBench's folders and files, and the copy of the results has the figures' files", async () => {
  await analysed(async (run, folder) => {
    const exported = await exportRun(run, join(folder, "out"));
    const dated = join("data", "metrics", "yyyy=2026", "mm=01", "dd=01", "hh=00", "mm=00");
    assert.equal(exported.metrics, join(folder, "out", dated));
    const files = await filesBelow(join(folder, "out"));
    const within = (start: string) =>
      files.filter((path) => path.startsWith(`${start}/`)).map((path) => path.slice(start.length + 1));
    const figures = within(dated);
    const numbered = (path: string) => /^per_(inference|chunk)\/\d+\.\d{6}\.json$/.test(path);
    assert.deepEqual(figures.filter((path) => !numbered(path)), [
      "all_metrics.csv",
      "all_metrics_summary.csv",
      "business_summary.png",
      "candidate_model_accuracy.csv",
      "charts/cost_against_latency.svg",
      "endpoint_per_instance_per_run_costs.csv",
      "error_rates.csv",
      "experiment_counts.csv",
      "per_inference_request_results.csv",
      "per_poll_eval/m_1.json",
      "report.md",
      "summary_metrics_for_dataset_best_option.csv",
      "summary_metrics_for_dataset_best_option_each_instance_type.csv",
      "summary_metrics_for_dataset_w_scores.csv",
      "summary_metrics_w_pricing.csv",
    ]);
    // 4 chunks of one, and of the five requests at 2 in flight 3 chunks.
    assert.deepEqual([exported.requests, exported.chunks], [9, 7]);
    assert.equal(figures.filter(numbered).length, 16);
    assert.deepEqual(within("results-tiny"), [...figures, "c.yml"].sort());
    assert.deepEqual(
      files.filter((path) => !path.startsWith(dated) && !path.startsWith("results-tiny")),
      [
        "data/metrics_path.txt",
        "data/models/endpoints.json",
        "data/prompts/all_prompts.csv",
        "data/prompts/source_data/short.jsonl",
      ],
    );
    assert.equal(await Deno.readTextFile(join(folder, "out", "data", "metrics_path.txt")), dated);
  });
});

Deno.test("a request's record has FMBench's fields, its parameters among them, times in seconds", async () => {
  await analysed(async (run, folder) => {
    const { metrics } = await exportRun(run, join(folder, "out"));
    const inference = join(metrics, "per_inference");
    const records = (await filesBelow(inference)).map((name) =>
      JSON.parse(Deno.readTextFileSync(join(inference, name)))
    );
    const first = records.find(({ uuid }) => uuid === "a0");
    assert.deepEqual(first, {
      endpoint_name: "ep",
      prompt: "What is 2 + 2?",
      question: "2 + 2?",
      ground_truth: "4,four",
      base64_img: null,
      payload_file: "short.jsonl",
      max_tokens: 8,
      completion: "=4",
      prompt_tokens: 40,
      completion_tokens: 10,
      latency: 1,
      time_to_first_token: 0.1,
      time_per_output_token: 0.1,
      time_to_last_token: 0.9,
      uuid: "a0",
      experiment_name: "one",
      concurrency: 1,
    });
    const failed = records.find(({ uuid }) => uuid === "b4");
    assert.deepEqual([failed.completion, failed.completion_tokens, failed.latency], [null, null, null]);

    const rows = rowsOf(join(metrics, "per_inference_request_results.csv"));
    assert.deepEqual(Object.keys(rows[0]!), [
      ...Object.keys(first),
      ...["instance_type", "instance_count", "EndpointName", "ModelName", "Image", "S3Uri"],
    ]);
    // What a spreadsheet would run is made harmless in tables, and left alone in JSON.
    assert.deepEqual([rows.length, rows[0]!.completion, rows[0]!.max_tokens], [9, "'=4", 8]);
  });
});

Deno.test("a chunk's figures are FMBench's: of consecutive requests, as many as were in flight", async () => {
  await analysed(async (run, folder) => {
    const { metrics } = await exportRun(run, join(folder, "out"));
    const rows = rowsOf(join(metrics, "all_metrics.csv"));
    assert.deepEqual(
      rows.map(({ concurrency, transactions, successes }) => [concurrency, transactions, successes]),
      [
        ...Array(4).fill([1, 1, 1]),
        [2, 2, 2],
        [2, 2, 2],
        [2, 1, 0],
      ],
    );
    // b2 and b3: sent at 12 s, ended at 13.2 and 13.3: 2 in 1.3 s = 1.54 a second; 80 and 20 tokens.
    const { errors: _, instance_count: __, ...chunk } = rows[5]!;
    assert.deepEqual(
      {
        ...chunk,
        latency_p95: Number(chunk.latency_p95).toFixed(6),
        latency_p99: Number(chunk.latency_p99).toFixed(6),
        TTFT_p99: Number(chunk.TTFT_p99).toFixed(6),
      },
      {
        experiment_name: "one",
        concurrency: 2,
        payload_file: "short.jsonl",
        error_rate: 0,
        successes: 2,
        all_prompts_token_count: 80,
        prompt_token_count_mean: 40,
        prompt_token_throughput: 61.54,
        all_completions_token_count: 20,
        completion_token_count_mean: 10,
        completion_token_throughput: 15.38,
        transactions: 2,
        transactions_per_second: 1.54,
        transactions_per_minute: 92.4,
        // 1.2 and 1.3 s: 1.2 + 0.95 x 0.1; TTFT 0.3 and 0.4 s.
        latency_p50: 1.25,
        latency_p95: "1.295000",
        latency_p99: "1.299000",
        TTFT_p50: 0.35,
        TTFT_p99: "0.399000",
        TPOT_p50: 0.1,
        TPOT_p99: 0.1,
        instance_type: "sim.small",
        EndpointName: "ep",
        ModelName: "sim-small",
        Image: null,
        S3Uri: null,
      },
    );
    const chunks = join(metrics, "per_chunk");
    const failed = (await filesBelow(chunks)).map((name) =>
      JSON.parse(Deno.readTextFileSync(join(chunks, name)))
    )
      .find(({ successes }) => successes === 0);
    assert.deepEqual([
      failed.error_rate,
      failed.latency_p50,
      failed.errors.map(({ uuid }: { uuid: string }) => uuid),
    ], [
      1,
      null,
      ["b4"],
    ]);
  });
});

Deno.test("prompts and endpoints have FMBench's form", async () => {
  await analysed(async (run, folder) => {
    await exportRun(run, join(folder, "out"));
    const data = join(folder, "out", "data");
    assert.deepEqual(
      JSON.parse(await Deno.readTextFile(join(data, "prompts", "source_data", "short.jsonl"))),
      {
        inputs: "What is 2 + 2?",
        ground_truth: "4,four",
        question: "2 + 2?",
      },
    );
    const [item] = JSON.parse(await Deno.readTextFile(join(data, "models", "endpoints.json")));
    assert.deepEqual(item, {
      experiment_name: "one",
      endpoint: { EndpointName: "ep" },
      endpoint_config: { ProductionVariants: null },
      instance_type: "sim.small",
      instance_count: 1,
      deployed: item.deployed,
      model_config: null,
    });
  });
});

Deno.test("a folder with something in it and a run that was not analysed are refused", async () => {
  await analysed(async (run, folder) => {
    await Deno.mkdir(join(folder, "full"));
    await Deno.writeTextFile(join(folder, "full", "mine.txt"), "");
    await assert.rejects(exportRun(run, join(folder, "full")), /"mine.txt" is in it.*--output DIR/s);
    assert.deepEqual(await filesBelow(join(folder, "full")), ["mine.txt"]);
    await Deno.remove(run.paths.metrics, { recursive: true });
    await assert.rejects(
      exportRun(run, join(folder, "out")),
      (error) => error instanceof UserError && error.message.includes(`fmbench report ${run.paths.root}`),
    );
    assert.equal(basename(run.paths.root), run.id);
  });
});
