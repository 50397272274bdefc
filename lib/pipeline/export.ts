/** A run in the folders and files that FMBench would have left, for programs that read those. */

import { basename, dirname, join } from "node:path";
import { parse } from "yaml";
import { type Endpoint, type Payload, UserError } from "../core/mod.ts";
import { readPayloads } from "../data/mod.ts";
import { readEndpoints } from "../deploy/mod.ts";
import { folderName, readManifest, type Run } from "../run/mod.ts";
import { refuseStudy } from "./study_refusal.ts";
import { exportCharts } from "./export_charts.ts";
import { judgedRun } from "./judged_run.ts";
import { outputOf } from "./sources.ts";

/** The parts of `config.yml` that matter here. */
interface ExportedConfig {
  readonly general: { readonly name: string };
  readonly s3_read_data?: { readonly source_data_prefix?: string };
  readonly metrics?: { readonly dataset_of_interest?: string };
  readonly experiments: readonly {
    readonly name: string;
    readonly inference_spec?: { readonly parameters?: Readonly<Record<string, unknown>> };
  }[];
}

/** What an export left. */
export interface Exported {
  readonly folder: string;
  /** The folder of the figures within it, and that of the copy that FMBench makes of it. */
  readonly metrics: string;
  readonly results: string;
  readonly requests: number;
  readonly chunks: number;
}

/**
 * Writes FMBench's tree of a run that was analysed: `data/` as in its bucket, and `results-<general.name>/`, whose large files are the
 * same ones (hard links). README's section on it maps each file to ours.
 *
 * @param folder null: `fmbench-<general.name>` in the working directory. One that is there has to be empty
 * @throws {UserError} if the run was not analysed, or the folder is not empty
 */
export async function exportRun(run: Run, folder: string | null): Promise<Exported> {
  const config = parse(await Deno.readTextFile(run.paths.config)) as ExportedConfig;
  const manifest = await readManifest(run.paths.manifest);
  refuseStudy(manifest, "export", run.paths.root);
  await checkAnalysed(run);
  const sender = await outputOf(run, "3_run_inference");
  const root = folder ?? `fmbench-${folderName(config.general.name)}`;
  await makeEmpty(root);

  const prompts = await exportPrompts(sender, config, join(root, "data", "prompts"));
  const endpoints = await exportEndpoints(sender, join(root, "data", "models"));
  const metrics = join("data", "metrics", dated(new Date(manifest.created_at)));
  await Deno.mkdir(join(root, metrics), { recursive: true });
  await Deno.writeTextFile(join(root, "data", "metrics_path.txt"), metrics);
  const counts = await exportRequests(sender, join(root, metrics), { config, prompts, endpoints });
  await exportTables(run, config, join(root, metrics));
  const judged = await judgedRun(run, sender) ?? run;
  await copyFiles(judged.paths.evaluations, join(root, metrics), /\.(csv|txt|json)$/);
  await exportCharts(run.paths.charts, join(root, metrics));
  for (const path of [run.paths.report, run.paths.reportHtml]) {
    await copyIfThere(path, join(root, metrics, basename(path)));
  }

  const results = `results-${folderName(config.general.name)}`;
  await linkFolder(join(root, metrics), join(root, results));
  await Deno.copyFile(run.paths.config, join(root, results, configName(manifest.config_file)));
  return { folder: root, metrics: join(root, metrics), results: join(root, results), ...counts };
}

async function checkAnalysed(run: Run): Promise<void> {
  if (await isThere(join(run.paths.metrics, "all_metrics_summary.csv"))) return;
  throw new UserError({
    action: "export the run",
    thing: run.paths.root,
    found: "it was not analysed",
    expected: "metrics/all_metrics_summary.csv",
    remedy: `Run \`fmbench report ${run.paths.root}\`, and export the run that this makes.`,
  });
}

async function makeEmpty(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for await (const { name } of Deno.readDir(folder)) {
    throw new UserError({
      action: "export into",
      thing: folder,
      found: `"${name}" is in it`,
      expected: "an empty folder, or none",
      remedy: "Name another one with --output DIR.",
    });
  }
}

/** FMBench's folder of a run: year, month, day, hour and minute, the last one named like the month. In UTC. */
function dated(at: Date): string {
  const [year, month, day, hour, minute] = at.toISOString().split(/[-T:]/);
  return join(`yyyy=${year}`, `mm=${month}`, `dd=${day}`, `hh=${hour}`, `mm=${minute}`);
}

const configName = (path: string) => `${basename(path).replace(/\.ya?ml$/, "")}.yml`;

/** `all_prompts.csv` and a payload file for each of ours. @returns the prompts by their ids */
async function exportPrompts(run: Run, { s3_read_data }: ExportedConfig, folder: string) {
  const { tableOf, writeCsv } = await import("../analyze/mod.ts");
  const from = (await outputOf(run, "1_generate_data")).paths.prompts;
  const prefix = folderName(s3_read_data?.source_data_prefix ?? "source_data");
  await Deno.mkdir(join(folder, prefix), { recursive: true });
  const all: (Payload & { payload_file: string })[] = [];
  for (const name of await namesIn(from, /\.jsonl$/)) {
    const payloads = await readPayloads(join(from, name));
    const lines = payloads.map((payload) => JSON.stringify(payloadLine(payload)) + "\n").join("");
    await Deno.writeTextFile(join(folder, prefix, name), lines);
    all.push(...payloads.map((payload) => ({ ...payload, payload_file: name })));
  }
  await writeCsv(
    join(folder, "all_prompts.csv"),
    tableOf(all, [
      ["question", "text", ({ question }) => question],
      ["ground_truth", "text", ({ ground_truth }) => ground_truth?.join(",") ?? null],
      ["language", "text", ({ language }) => language],
      ["payload_file", "text", ({ payload_file }) => payload_file],
      [
        "prompt",
        "text",
        ({ prompt, prompt_tokens }) => JSON.stringify({ prompt, prompt_len: prompt_tokens }),
      ],
      ["prompt_len", "integer", ({ prompt_tokens }) => prompt_tokens],
    ]),
  );
  return new Map(all.map((payload) => [payload.payload_id, {
    prompt: payload.prompt,
    base64_img: payload.images?.[0]?.base64 ?? null,
  }]));
}

function payloadLine({ prompt, question, ground_truth, images }: Payload): Record<string, string> {
  return {
    inputs: prompt,
    ...(ground_truth === null ? {} : { ground_truth: ground_truth.join(",") }),
    ...(question === null ? {} : { question }),
    ...(images?.[0] === undefined ? {} : { base64_img: images[0].base64 }),
  };
}

/** `endpoints.json`, for its owner only, as FMBench describes endpoints that are not SageMaker's. */
async function exportEndpoints(run: Run, folder: string): Promise<Endpoint[]> {
  const endpoints = await readEndpoints((await outputOf(run, "2_deploy_model")).paths.root);
  const items = endpoints.map((endpoint) => ({
    experiment_name: endpoint.experiment_name,
    endpoint: { EndpointName: endpoint.endpoint_name },
    endpoint_config: { ProductionVariants: null },
    instance_type: endpoint.instance_type,
    instance_count: endpoint.instance_count,
    deployed: endpoint.deployed,
    model_config: null,
  }));
  await Deno.mkdir(folder, { recursive: true });
  const text = JSON.stringify(items, null, 2) + "\n";
  await Deno.writeTextFile(join(folder, "endpoints.json"), text, { mode: 0o600 });
  return endpoints;
}

interface RequestInput {
  readonly config: ExportedConfig;
  readonly prompts: Awaited<ReturnType<typeof exportPrompts>>;
  readonly endpoints: readonly Endpoint[];
}

/** `per_inference/`, `per_chunk/`, and both as tables: `per_inference_request_results.csv`, `all_metrics.csv`. */
async function exportRequests(run: Run, folder: string, { config, prompts, endpoints }: RequestInput) {
  const analyze = await import("../analyze/mod.ts");
  const requests = await analyze.scanRequests(run.paths.root);
  const parameters = new Map(
    config.experiments.map(({ name, inference_spec }) => [name, inference_spec?.parameters ?? {}]),
  );
  const files = {
    inference: numberedFiles(join(folder, "per_inference")),
    chunk: numberedFiles(join(folder, "per_chunk")),
  };
  const counts = { requests: 0, chunks: 0 };
  const chunkRows: Parameters<typeof analyze.chunkFrame>[0][number][] = [];
  const names = [...new Set([...parameters.values()].flatMap((own) => Object.keys(own)))];
  async function* slices() {
    for await (const cell of analyze.exportedCells(requests, { prompts, parameters, endpoints })) {
      for (const each of cell.requests) await files.inference(each.ended_epoch_s, each.record);
      for (const { ended_epoch_s, record } of cell.chunks) {
        await files.chunk(ended_epoch_s, record);
        chunkRows.push({ ...record, ...cell.endpoint });
      }
      counts.requests += cell.requests.length;
      counts.chunks += cell.chunks.length;
      yield analyze.inferenceFrame(cell, names);
    }
  }
  await analyze.writeCsvSlices(join(folder, "per_inference_request_results.csv"), slices());
  await analyze.writeCsv(join(folder, "all_metrics.csv"), analyze.chunkFrame(chunkRows));
  return counts;
}

/** Files that are named by a moment, in seconds with six decimals; two of one moment are told apart by the last of them. */
function numberedFiles(folder: string): (epoch_s: number, record: unknown) => Promise<void> {
  const taken = new Set<string>();
  let made = false;
  return async (epoch_s, record) => {
    if (!made) await Deno.mkdir(folder, { recursive: true });
    made = true;
    let micros = Math.round(epoch_s * 1e6);
    const nameOf = () => `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, "0")}.json`;
    while (taken.has(nameOf())) micros++;
    taken.add(nameOf());
    await Deno.writeTextFile(join(folder, nameOf()), JSON.stringify(record, null, 2) + "\n");
  };
}

/** FMBench's tables that are ours as they are, and those that it keeps for the data set of interest. */
const tables = [
  "all_metrics_summary.csv",
  "error_rates.csv",
  "experiment_counts.csv",
  "endpoint_per_instance_per_run_costs.csv",
] as const;
const tablesOfInterest: Readonly<Record<string, string>> = {
  "summary_metrics_w_pricing.csv": "summary_metrics_w_pricing.csv",
  "summary_metrics_for_dataset_w_scores.csv": "summary_metrics_w_pricing.csv",
  "summary_metrics_for_dataset_best_option.csv": "summary_metrics_for_dataset_best_option.csv",
  "summary_metrics_for_dataset_best_option_each_instance_type.csv":
    "summary_metrics_for_dataset_best_option_each_instance_type.csv",
};

async function exportTables(run: Run, { metrics }: ExportedConfig, folder: string): Promise<void> {
  const { copyRowsOf } = await import("../analyze/mod.ts");
  for (const name of tables) await copyIfThere(join(run.paths.metrics, name), join(folder, name));
  for (const [name, ours] of Object.entries(tablesOfInterest)) {
    const from = join(run.paths.metrics, ours);
    if (metrics?.dataset_of_interest === undefined) await copyIfThere(from, join(folder, name));
    else if (await isThere(from)) await copyRowsOf(from, join(folder, name), metrics.dataset_of_interest);
  }
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Names of the files in a folder, sorted; none when there is no folder. */
async function namesIn(folder: string, wanted: RegExp): Promise<string[]> {
  if (!await isThere(folder)) return [];
  const entries = await Array.fromAsync(Deno.readDir(folder));
  return entries.filter(({ isFile, name }) => isFile && wanted.test(name)).map(({ name }) => name).sort();
}

async function copyIfThere(from: string, to: string): Promise<void> {
  if (!await isThere(from)) return;
  await Deno.mkdir(dirname(to), { recursive: true });
  await Deno.copyFile(from, to);
}

/** Copies files with such names, folders within included. */
async function copyFiles(from: string, to: string, wanted: RegExp): Promise<void> {
  if (!await isThere(from)) return;
  for (const name of await namesIn(from, wanted)) await copyIfThere(join(from, name), join(to, name));
  for await (const { isDirectory, name } of Deno.readDir(from)) {
    if (isDirectory) await copyFiles(join(from, name), join(to, name), wanted);
  }
}

/** The same files under a second folder; copies where the file system knows no links. */
async function linkFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { isDirectory, name } of Deno.readDir(from)) {
    if (isDirectory) await linkFolder(join(from, name), join(to, name));
    else {
      await Deno.link(join(from, name), join(to, name))
        .catch(() => Deno.copyFile(join(from, name), join(to, name)));
    }
  }
}
