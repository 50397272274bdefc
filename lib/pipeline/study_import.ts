/** The calls of an older study as a run of this program, so that they are analysed like its own. */

import { join, resolve } from "node:path";
import type { LoadOptions } from "../config/mod.ts";
import { type Endpoint, sha256, stepNames, type StudyExperiment, UserError } from "../core/mod.ts";
import { writeEndpoints } from "../deploy/mod.ts";
import { folderName, readManifest, type Run, withStep, writeManifest } from "../run/mod.ts";
import { toJsonLines, writeAtomic } from "../storage/mod.ts";
import { startRun } from "./new_run.ts";
import { loadConfigFrom } from "./remote_config.ts";

export interface StudyImportOptions {
  /** A CSV file of AWS's latency notebook, or a folder of them. */
  readonly path: string;
  /** What its run is called. */
  readonly name: string;
  /** A config with a `study` section. */
  readonly config: string;
  readonly resultsDir: string;
  readonly load: LoadOptions;
}

/** A run with the calls in it, whose analysis is still to be done. */
export interface ImportedStudy {
  readonly run: Run;
  readonly config: string;
  readonly load: LoadOptions;
}

/** Steps that the old files stand in for. */
const done = ["1_generate_data", "2_deploy_model", "3_run_inference"];

/**
 * Makes a run of them.
 *
 * @throws {UserError} if there is no such file, or one is no table of the notebook's
 */
export async function importStudy(options: StudyImportOptions): Promise<ImportedStudy> {
  const { path, name, config, load } = options;
  const resultsDir = resolve(options.resultsDir);
  // Polars is native code, loaded only when a table is made.
  const { readOldStudy, writeOldStudyJournal } = await import("../analyze/mod.ts");
  const old = await readOldStudy(path);
  if (old.records.length === 0) {
    throw new UserError({
      action: "read the study",
      thing: path,
      found: "its tables have no row",
      expected: "a row for each call",
    });
  }
  const scenarios = await writeScenarios(join(resultsDir, folderName(name)), old.experiments);
  const sets = [
    `general.name=${name}`,
    `study.scenarios=${JSON.stringify(scenarios)}`,
    ...stepNames.map((step) => `run_steps.${step}=${done.includes(step) ? "yes" : "no"}`),
    ...load.sets ?? [],
  ];
  const given: LoadOptions = { ...load, sets };
  const loaded = await loadConfigFrom(config, given);
  const { parameters = {} } = given;
  const run = await startRun({ loaded, parameters, sets, resultsDir, from: null, now: new Date() });
  await writeOldStudyJournal(run.paths.root, old);
  await writeEndpoints(run.paths.root, old.experiments.map(endpointOf));
  await writeAtomic(join(run.paths.models, "imported.json"), JSON.stringify(old.notices));
  const at = new Date().toISOString();
  const finished = { status: "finished", started_at: at, ended_at: at } as const;
  const manifest = await readManifest(run.paths.manifest);
  await writeManifest(
    run.paths.manifest,
    done.reduce((whole, step) => withStep(whole, step, finished), manifest),
  );
  return { run, config, load: given };
}

/** A config of a study has a scenario file; the old files do not say what was asked. @returns its path */
async function writeScenarios(folder: string, experiments: readonly StudyExperiment[]): Promise<string> {
  const text = toJsonLines(experiments.map(({ model_id, region, profile }) => ({
    text_prompt: "The files of the older study do not say what was asked.",
    model_id,
    region: region ?? "us-east-1",
    inference_profile: profile === "optimized" ? "optimized" : "standard",
    expected_output_tokens: 100,
  })));
  const path = join(folder, `scenarios-${sha256(text).slice(0, 8)}.jsonl`);
  await writeAtomic(path, text);
  return path;
}

function endpointOf({ experiment_name, model_id, region, profile }: StudyExperiment): Endpoint {
  return {
    experiment_name,
    endpoint_name: model_id,
    predictor: "bedrock",
    url: `https://bedrock-runtime.${region ?? "us-east-1"}.amazonaws.com`,
    model_id,
    instance_type: model_id,
    instance_count: 1,
    region,
    deployed: false,
    simulated: false,
    api_key_env: null,
    ...(profile === "optimized" || profile === "standard" ? { options: { latency_mode: profile } } : {}),
  };
}
