/** A latency study by hand: one notebook does what the steps 0 to 3 and 6 do, and goes on where it was interrupted. */

import { resolve } from "node:path";
import { loadConfig } from "../config/mod.ts";
import { studyStep, UserError } from "../core/mod.ts";
import {
  certifyClient,
  cleanUp,
  deployModels,
  describeRequests,
  describeRun,
  generateData,
  inputsThatDiffer,
  planRequests,
  preflight,
  sendRequests,
} from "../pipeline/mod.ts";
import { currentRun, readManifest, type Run, stepEntry } from "../run/mod.ts";
import { profileNames } from "../simulate/mod.ts";
import { headless } from "./kernel.ts";
import type { OpenOptions } from "./joining.ts";
import { openStep } from "./open_step.ts";
import { show } from "./show.ts";
import { step } from "./step.ts";

/** What the first code cell of a study's notebook says. Paths are relative to the notebook. */
export interface StudySettings {
  /** The scenario file. */
  readonly file_path: string;
  /** Where run directories lie. */
  readonly directory: string;
  /** Calls of one scenario in one round. */
  readonly invocations_per_scenario: number;
  readonly rounds: number;
  /** Seconds. */
  readonly sleep_between_invocations: number;
  /** Most calls in flight. */
  readonly parallel_calls: number;
  /** Whether to make all calls again although a run of these settings is there already. @default false: it is gone on with */
  readonly new_run?: boolean;
  /** Everything else of a study. @default `configs/bedrock/latency-study.yml` */
  readonly config?: string;
}

const defaultConfig = "../../configs/bedrock/latency-study.yml";

/** A part of the study that is a step of its own in the manifest. */
interface Stage {
  readonly name: string;
  /** Each gives what is shown of it. */
  readonly does: readonly (() => Promise<string | void>)[];
}

const stages: readonly Stage[] = [
  { name: "0_setup", does: [() => describeRun(step), () => certifyClient(step)] },
  { name: "1_generate_data", does: [() => generateData(step)] },
  { name: "2_deploy_model", does: [() => deployModels(step)] },
  {
    name: "3_run_inference",
    does: [
      () => planRequests(step),
      () => preflight(step),
      () => sendRequests(step),
      () => describeRequests(step),
    ],
  },
  { name: "6_cleanup", does: [() => cleanUp(step)] },
];

/**
 * Makes all calls of a study, then opens its analysis. Headless, or when all calls were made, it only opens the analysis. The last
 * study of the same settings is gone on with: no call that ended is made, or paid, again.
 *
 * @throws {UserError} naming every fault of the scenario file or the settings
 */
export async function runStudy(settings: StudySettings): Promise<void> {
  if (headless) return await openStep(studyStep);
  const { config = defaultConfig, new_run = false, directory, file_path, ...schedule } = settings;
  const options = {
    config,
    resultsDir: resolve(directory),
    sets: [
      `study.scenarios=${JSON.stringify(resolve(file_path))}`,
      ...Object.entries(schedule).map(([key, value]) => `study.${key}=${value}`),
    ],
  };
  let run = new_run ? null : await earlierStudy(options);
  if (run !== null) await show(`This is run ${run.id}; \`new_run: true\` makes all calls again.`);
  for (const { name, does } of stages) {
    if (run !== null && await isDone(run, name)) continue;
    await openStep(name, run === null ? options : { run: run.paths.root });
    run = step.run;
    for (const part of does) await show(await part());
    await step.finish();
  }
  await openStep(studyStep, { run: run!.paths.root });
}

/** The last study of these settings; null: there is none. */
async function earlierStudy(
  { config, sets, resultsDir }: Required<Pick<OpenOptions, "config" | "sets" | "resultsDir">>,
): Promise<Run | null> {
  const loaded = await loadConfig(resolve(config), { sets, profiles: profileNames });
  if (loaded.config.study === null) {
    throw new UserError({
      action: "run the study of",
      thing: config,
      found: "it has no `study` section",
      expected: "a config of a latency study, such as configs/bedrock/latency-study.yml",
    });
  }
  const run = await currentRun({ resultsDir, name: loaded.config.general.name });
  if (run === null) return null;
  return inputsThatDiffer(loaded.config, await readManifest(run.paths.manifest)).length === 0 ? run : null;
}

/** Whether a step of a run is over, or switched off. */
async function isDone(run: Run, name: string): Promise<boolean> {
  const status = stepEntry(await readManifest(run.paths.manifest), name)?.status;
  return status === "finished" || status === "skipped";
}
