/** Notebooks 0 to 2 by hand, on a config that is done within seconds. */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { Lab } from "../lab.ts";
import { errorsOf } from "../notebook_page.ts";
import { runsOf } from "../run_folder.ts";

/** What differs between the small configs. */
export interface SmallConfig {
  /** `general.name`; each scenario has its own. */
  readonly name: string;
  /** Measured requests a level. @default 12 */
  readonly requests?: number;
  /** Further sections, as YAML. @default none */
  readonly more?: string;
}

/** One experiment, one payload file, two levels. */
const configText = ({ name, requests = 12, more = "" }: SmallConfig) =>
  `general:
  name: ${name}
s3_read_data:
  source_data_files: [trading_post_qa.jsonl]
  prompt_template_file: question_answering.txt
datasets:
  prompt_template_keys: [input, context]
  ground_truth_col_key: answers
  question_col_key: input
  filters:
    - { language: en, max_length_in_tokens: 500, payload_file: payload_en_0-500.jsonl }
pricing: pricing.yml
inference_parameters:
  short_answers: { temperature: 0.1, max_tokens: 60 }
load:
  requests: ${requests}
  warmup_requests: 2
experiments:
  - name: sim-large
    model_id: sim-large
    instance_type: sim.large
    simulate: { profile: sim-large, accuracy: 0.8 }
    concurrency_levels: [1, 2]
${more}`;

/** Runs a notebook as it is; no cell may fail. */
export async function runWhole(lab: Lab, path: string): Promise<void> {
  const notebook = await lab.open(path);
  await notebook.runAll();
  for (const cell of await notebook.cells()) assert.deepEqual(errorsOf(cell), [], `${path}: ${cell.source}`);
  await notebook.close();
}

/** Names the small config in the first cell of notebook 0, as a user names their own, and runs it. @returns the run folder */
export async function openSetup(lab: Lab, config: SmallConfig): Promise<string> {
  await Deno.writeTextFile(join(lab.copy.root, "configs", `${config.name}.yml`), configText(config));
  const notebook = await lab.open("notebooks/0_setup.ipynb");
  await notebook.edit(0, "demo.yml", `${config.name}.yml`);
  await notebook.runAll();
  for (const cell of await notebook.cells()) assert.deepEqual(errorsOf(cell), [], cell.source);
  await notebook.close();
  const runs = await runsOf(lab.copy.results, config.name);
  assert.equal(runs.length, 1);
  return runs[0]!;
}

/** Notebooks 0, 1 and 2. @returns the run folder */
export async function setUpAndDeploy(lab: Lab, config: SmallConfig): Promise<string> {
  const run = await openSetup(lab, config);
  await runWhole(lab, "notebooks/1_generate_data.ipynb");
  await runWhole(lab, "notebooks/2_deploy_model.ipynb");
  return run;
}
