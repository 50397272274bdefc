import assert from "node:assert/strict";
import { join } from "node:path";
import type { RequestRecord, Verdict } from "../../../lib/core/mod.ts";
import { UserError } from "../../../lib/core/mod.ts";
import { writeEndpoints } from "../../../lib/deploy/mod.ts";
import { writeVerdicts } from "../../../lib/evaluate/mod.ts";
import { loadAnalysis } from "../../../lib/pipeline/steps/analysis.ts";
import { analysis } from "../../../lib/pipeline/steps/analysis_data.ts";
import type { Run } from "../../../lib/run/mod.ts";
import { chain, failure, journal, record } from "../../analyze/generated_run.ts";
import { endpoint } from "../../load/made_up.ts";
import { inProject, mark, only, openStep, start, tinyConfig } from "../made_up_project.ts";

const short = "short.jsonl";
const long = "long.jsonl";

/** The tiny config with a second payload file and a dataset of interest. */
const config = tinyConfig.replace(
  "payload_file: short.jsonl }",
  "payload_file: short.jsonl }\n    - { language: en, min_length_in_tokens: 100, payload_file: long.jsonl }",
) + "metrics: { dataset_of_interest: long }\n";

/**
 * Of experiment "one", a level of concurrency 1 each: short prompts that take 1 s, 25 in a row (a p95 takes 20), and long ones
 * that take 3 s. Instances of the type sim.small are paid by the hour.
 */
function measured(): RequestRecord[] {
  const of = (payload_file: string, kind: string) => (i: number): Partial<RequestRecord> => ({
    request_id: `${kind}${i}`,
    experiment_name: "one",
    instance_type: "sim.small",
    model_id: "sim-small",
    payload_file,
    prompt_tokens: 40 + i,
  });
  return [
    ...chain(Array(25).fill(1000), of(short, "s")),
    ...chain(Array(25).fill(3000), of(long, "l")),
    record({ ...of(short, "w")(0), phase: "warmup" }),
    failure({ ...of(short, "f")(0), sent_ms: 25000, ended_ms: 25001 }),
  ];
}

async function measure(run: Run): Promise<void> {
  await Deno.writeTextFile(join(run.paths.requests, "s1-w0.jsonl"), journal(measured(), "s1", "w0"));
  await writeEndpoints(run.paths.root, [
    endpoint({ experiment_name: "one", instance_type: "sim.small", model_id: "sim-small", simulated: true }),
  ]);
  await mark(run, { status: "finished" }, "1_generate_data", "2_deploy_model", "3_run_inference");
}

const verdict = (request_id: string, of: Verdict["verdict"]): Verdict => ({
  request_id,
  experiment_name: "one",
  payload_file: short,
  payload_id: "p0",
  concurrency: 1,
  method: "contains",
  verdict: of,
});

/** An open analysis of a run with these measurements. */
async function analysed(
  work: (step: ReturnType<typeof openStep>, folder: string) => Promise<void>,
): Promise<void> {
  await inProject(async (folder) => {
    const started = await start(folder, { second: 1 });
    await measure(started.run);
    await work(openStep("5_model_metric_analysis", started), folder);
  }, { "c.yml": config });
}

/** Asserts that there is nothing to analyse. */
function refuses(): void {
  assert.throws(
    () => analysis.cells,
    (error) =>
      error instanceof UserError &&
      /^There is nothing to analyse yet: the cell with `await loadAnalysis\(step\)`/.test(error.message),
  );
}

Deno.test("before it is loaded every use of the analysis refuses with one clear message", refuses);

Deno.test("the requests are summarised, one cell a combination, warm-up left out", async () => {
  await analysed(async (step) => {
    await loadAnalysis(step);
    assert.deepEqual(
      analysis.cells.map(({ payload_file, concurrency, requests, ok, errors, e2e_ms }) => ({
        ...{ payload_file, concurrency, requests, ok, errors, p50: e2e_ms.p50.value },
      })),
      [
        { payload_file: long, concurrency: 1, requests: 25, ok: 25, errors: 0, p50: 3000 },
        { payload_file: short, concurrency: 1, requests: 26, ok: 25, errors: 1, p50: 1000 },
      ],
    );
    assert.equal(analysis.requests.height, 52);
    assert.equal(analysis.summary.height, 2);
    // Measured successes only: 25 short, 25 long.
    assert.deepEqual([analysis.requestPoints.length, analysis.requestTotal], [50, 50]);
    assert.deepEqual(analysis.requestPoints[1], {
      experiment_name: "one",
      concurrency: 1,
      prompt_tokens: 41,
      e2e_ms: 1000,
    });
    assert.deepEqual(analysis.experiments, ["one", "two"]);
    assert.deepEqual(step.told.log, ["info: analysed 52 attempts in 2 cells"]);
    const files = [...Deno.readDirSync(step.run.paths.metrics)].map(({ name }) => name);
    assert.ok(files.length > 0 && files.every((name) => name.endsWith(".csv")), files.join());
  });
});

Deno.test("the payload file of interest comes first, and each gets an answer under the budgets", async () => {
  await analysed(async (step) => {
    await loadAnalysis(step);
    // 3 s are over the budget of 2 s; 1 of 26 short requests failed, and the budget allows none.
    const short = analysis.recommendations[1]!.rejected[0]!;
    assert.deepEqual(analysis.recommendations.map(({ payload_file, best }) => [payload_file, best]), [
      [long, null],
      ["short.jsonl", null],
    ]);
    assert.equal(analysis.recommendations[0]!.rejected[0]!.criteria.latency, "fail");
    assert.deepEqual([short.criteria.latency, short.criteria.error_rate], ["pass", "fail"]);
    assert.equal(analysis.context.simulated, true);
    assert.equal(analysis.context.currency, step.loaded.prices.meta.currency);
    assert.equal(analysis.budgets.latency_budget, 2);
    // Where no objectives are set, the latency budget is one, for as many as its statistic speaks of.
    assert.deepEqual(analysis.serviceLevel, { objectives: { response_ms: 2000 }, share: 0.95 });
    assert.equal(analysis.config, await Deno.readTextFile(step.run.paths.config));
    assert.equal(analysis.head.title, "Benchmark: Tiny model");
  });
});

Deno.test("another run analyses the same requests under other budgets, and reaches another verdict", async () => {
  await analysed(async ({ run }, folder) => {
    const sets = [...only(5), "report.latency_budget=4", "report.error_rate_budget=0.5"];
    const again = openStep("5_model_metric_analysis", await start(folder, { sets, second: 2 }));
    await loadAnalysis(again);
    assert.deepEqual(analysis.recommendations.map(({ best }) => best?.payload_file), [long, short]);
    assert.deepEqual(analysis.head.sources, [{ step: "3_run_inference", run_id: run.id }]);
    // The table of requests stays with its journals; what is made of it belongs to this run.
    await assert.rejects(Deno.stat(again.run.paths.parquet), Deno.errors.NotFound);
    assert.ok((await Deno.stat(again.run.paths.metrics)).isDirectory);
    await assert.rejects(Deno.stat(run.paths.metrics), Deno.errors.NotFound);
  });
});

Deno.test("verdicts: none, those of the run that was measured, and before them the run's own", async () => {
  await analysed(async (step, folder) => {
    await loadAnalysis(step);
    assert.equal(analysis.accuracy.length, 0);
    await writeVerdicts(step.run.paths.verdicts, [
      verdict("s0", "correct"),
      verdict("s1", "correct"),
      verdict("s2", "correct"),
      verdict("s3", "incorrect"),
      verdict("f0", "failed"),
    ]);
    const again = openStep("5_model_metric_analysis", await start(folder, { sets: only(5), second: 2 }));
    await loadAnalysis(again);
    const [figure] = analysis.accuracy;
    assert.deepEqual([figure?.experiment_name, figure?.payload_file], ["one", short]);
    // 3 of 4 judged answers are right; a failed request is not judged.
    assert.deepEqual([figure?.accuracy.value, figure?.accuracy.n], [0.75, 4]);
    assert.equal(analysis.cells.find(({ payload_file }) => payload_file === short)?.accuracy?.value, 0.75);
    await writeVerdicts(again.run.paths.verdicts, [verdict("s0", "incorrect")]);
    await loadAnalysis(again);
    assert.equal(analysis.accuracy[0]?.accuracy.value, 0);
  });
});

Deno.test("an analysis that can't be loaded leaves nothing of the one before", async () => {
  await analysed(async (step) => {
    await loadAnalysis(step);
    assert.equal(analysis.cells.length, 2);
    await mark(step.run, { status: "interrupted" }, "3_run_inference");
    await assert.rejects(loadAnalysis(step), /Run notebooks\/3_run_inference\.ipynb first/);
    refuses();
    assert.equal(step.told.failures.length, 1);
  });
});
