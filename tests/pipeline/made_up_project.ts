/** A folder with a tiny data set and a config, runs that are started from it, and steps that are open in them. */

import { join } from "node:path";
import { loadConfig, type LoadedConfig } from "../../lib/config/mod.ts";
import type { ProgressEvent } from "../../lib/core/mod.ts";
import type { StepContext } from "../../lib/pipeline/context.ts";
import { startRun } from "../../lib/pipeline/new_run.ts";
import { readManifest, type Run, type StepEntry, withStep, writeManifest } from "../../lib/run/mod.ts";

/** Three short questions, one of them twice, and one of another language. */
export const rows = [
  { question: "What is 1 + 1?", answers: ["2", "two"], language: "en" },
  { question: "What is 2 + 2?", answers: ["4"], language: "en" },
  { question: "What is 2 + 2?", answers: ["4"], language: "en" },
  { question: "Was ist 1 + 2?", answers: ["3"], language: "de" },
];

/** Two experiments on the embedded endpoint, one payload file, two requests at each of two loads. */
export const tinyConfig = `general: { name: tiny, model_name: Tiny model }
s3_read_data:
  source_data_files: [rows.jsonl]
  prompt_template_file: ask.txt
datasets:
  ground_truth_col_key: answers
  question_col_key: question
  filters:
    - { language: en, max_length_in_tokens: 100, payload_file: short.jsonl }
inference_parameters:
  brief: { max_tokens: 8 }
load: { requests: 2, warmup_requests: 1 }
experiments:
  - name: one
    model_id: sim-small
    instance_type: sim.small
    simulate: { profile: sim-small }
    concurrency_levels: [1, 2]
  - name: two
    model_id: sim-api
    instance_type: sim-api
    simulate: { profile: sim-api }
    concurrency_levels: [1]
report: { latency_budget: 2, cost_per_10k_txn_budget: 50 }
`;

/** Calls `work` with a folder that holds config, data, template and `files`, and removes it. */
export async function inProject(
  work: (folder: string) => Promise<void>,
  files: Readonly<Record<string, string>> = {},
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "fmbench-test-" });
  try {
    const all = {
      "c.yml": tinyConfig,
      "rows.jsonl": rows.map((row) => JSON.stringify(row) + "\n").join(""),
      "ask.txt": "Answer: {question}\n",
      ...files,
    };
    for (const [name, text] of Object.entries(all)) await Deno.writeTextFile(join(folder, name), text);
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

export interface Started {
  readonly run: Run;
  readonly loaded: LoadedConfig;
}

/** What differs between the runs of a test. */
export interface Start {
  readonly sets?: readonly string[];
  readonly parameters?: Readonly<Record<string, string>>;
  readonly from?: string;
  /** Second of the minute in which it starts: runs are told apart and ordered by it. */
  readonly second?: number;
}

export function load(
  folder: string,
  { sets = [], parameters = {} }: Start = {},
): Promise<LoadedConfig> {
  return loadConfig(join(folder, "c.yml"), { sets, parameters, env: {}, tmpDir: folder });
}

/** Starts a run of the folder's config; it lies in `results/tiny/` of the folder. */
export async function start(folder: string, options: Start = {}): Promise<Started> {
  const { sets = [], parameters = {}, from = null, second = 0 } = options;
  const loaded = await load(folder, options);
  const run = await startRun({
    loaded,
    parameters,
    sets,
    resultsDir: join(folder, "results"),
    from,
    now: new Date(Date.UTC(2026, 0, 1, 0, 0, second)),
  });
  return { run, loaded };
}

/** `--set` texts that switch on these steps of the tiny config, by number, and no others. */
export function only(...numbers: readonly number[]): string[] {
  const names = [
    ...["0_setup", "1_generate_data", "2_deploy_model", "3_run_inference", "4_get_evaluations"],
    ...["5_model_metric_analysis", "6_cleanup"],
  ];
  return names.map((name, number) => `run_steps.${name}=${numbers.includes(number) ? "yes" : "no"}`);
}

/** Changes entries of a run's manifest. */
export async function mark(run: Run, change: Partial<StepEntry>, ...steps: readonly string[]): Promise<void> {
  let manifest = await readManifest(run.paths.manifest);
  for (const step of steps) manifest = withStep(manifest, step, change);
  await writeManifest(run.paths.manifest, manifest);
}

/** What a step told while it worked. */
export interface Told {
  readonly log: string[];
  readonly progress: Omit<ProgressEvent, "at" | "step">[];
  readonly loadSeconds: number[];
  readonly failures: unknown[];
}

/** An open step that keeps what it is told. */
export function openStep(
  name: string,
  { run, loaded }: Started,
  signal: AbortSignal = new AbortController().signal,
): StepContext & { readonly told: Told } {
  const told: Told = { log: [], progress: [], loadSeconds: [], failures: [] };
  return {
    name,
    run,
    loaded,
    config: loaded.config,
    signal,
    told,
    log: (level, text) => void told.log.push(`${level}: ${text}`),
    progress: (event) => void told.progress.push(event),
    loadTime: (seconds) => void told.loadSeconds.push(seconds),
    fail(error) {
      told.failures.push(error);
      return Promise.resolve();
    },
  };
}
