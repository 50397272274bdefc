/** A step that is switched off: which earlier run's output stands in for it, and whether it may. */

import { type Config, inputsFingerprint } from "../config/mod.ts";
import { isShippedStep, isStepName, type StepName, studyStep, UserError } from "../core/mod.ts";
import {
  type Fingerprints,
  listRuns,
  type Manifest,
  openRun,
  readManifest,
  type Run,
  type RunFamily,
  stepEntry,
} from "../run/mod.ts";

/** Which steps' output a step reads. */
const needs: Readonly<Record<StepName, readonly StepName[]>> = {
  "0_setup": [],
  "1_generate_data": [],
  "2_deploy_model": [],
  "3_run_inference": ["1_generate_data", "2_deploy_model"],
  "4_get_evaluations": ["3_run_inference"],
  "5_model_metric_analysis": ["3_run_inference"],
  "6_cleanup": [],
};

/** What must be the same for an earlier output of a step to be used again. Budgets, prices and judges may differ. */
const mustAgree: Partial<Record<StepName, readonly (keyof Fingerprints)[]>> = {
  "1_generate_data": ["data"],
  "2_deploy_model": ["experiments"],
  "3_run_inference": ["data", "experiments", "load"],
};

const sections: Readonly<Record<keyof Fingerprints, string>> = {
  data: "the data (datasets, s3_read_data)",
  experiments: "the experiments (experiments, inference_parameters)",
  load: "the load (load, concurrency)",
};

/** The steps that a step of this name can't do without; a user's own notebook says so itself when it reads something. */
export function neededBy(step: string): readonly StepName[] {
  if (step === studyStep) return ["3_run_inference"];
  return isStepName(step) ? needs[step] : [];
}

/** The steps that are switched off although an enabled step reads their output. */
export function missingSteps(enabled: readonly string[]): StepName[] {
  const missing = new Set<StepName>();
  for (const step of enabled) {
    for (const needed of neededBy(step)) if (!enabled.includes(needed)) missing.add(needed);
  }
  return [...missing].sort();
}

/** The steps that are switched off and that a user's own notebook may read from, as the analysis does. */
export function optionalSteps(enabled: readonly string[]): StepName[] {
  const read = needs["5_model_metric_analysis"];
  return enabled.every(isShippedStep) ? [] : read.filter((step) => !enabled.includes(step));
}

/**
 * Finds the run whose output stands in for each missing step: `from` when it is given, else the newest run of the same
 * name that finished the step.
 *
 * @param optional further steps that are left out where there is no run that fits
 * @returns step name -> run directory
 * @throws {UserError} when there is none, or when what must agree differs
 */
export async function findSources(
  missing: readonly StepName[],
  config: Config,
  family: RunFamily,
  from: string | null,
  optional: readonly StepName[] = [],
): Promise<Map<StepName, string>> {
  const sources = new Map<StepName, string>();
  if (missing.length + optional.length === 0) return sources;
  const named = from === null ? null : await openRun(from);
  const candidates = named === null ? await listRuns(family) : [];
  const find = (step: StepName) => named === null ? newestWith(step, candidates) : finisherOf(step, named);
  for (const step of missing) {
    const found = await find(step);
    if (found === null) throw noSource(step, family, from);
    checkAgreement(step, disagreement(step, config, found.manifest), found.run);
    sources.set(step, found.run.paths.root);
  }
  for (const step of optional) {
    const found = sources.has(step) ? null : await find(step);
    if (found === null || disagreement(step, config, found.manifest).length > 0) continue;
    sources.set(step, found.run.paths.root);
  }
  return sources;
}

interface Finisher {
  readonly run: Run;
  readonly manifest: Manifest;
}

/** The run itself, or the one whose output it used: a run that only analysed again can be named, too. */
async function finisherOf(step: StepName, named: Run): Promise<Finisher | null> {
  try {
    const run = await outputOf(named, step);
    return { run, manifest: await readManifest(run.paths.manifest) };
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

async function newestWith(step: StepName, runs: readonly Run[]): Promise<Finisher | null> {
  for (const run of runs) {
    const manifest = await readManifest(run.paths.manifest);
    if (stepEntry(manifest, step)?.status === "finished") return { run, manifest };
  }
  return null;
}

function noSource(step: StepName, family: RunFamily, from: string | null): UserError {
  return new UserError({
    action: "leave out step",
    thing: step,
    found: from === null
      ? `no run of "${family.name}" has finished it yet`
      : `the run ${from} has not finished it`,
    expected: "an earlier run whose output can be read",
    remedy: `Set \`${step}.ipynb: yes\` under run_steps, or name a run with --from RUN.`,
  });
}

/** Which of data, experiments and load differ between a config and a run. */
export function inputsThatDiffer(config: Config, { fingerprints }: Manifest): (keyof Fingerprints)[] {
  const mine = inputsFingerprint(config);
  return (Object.keys(sections) as (keyof Fingerprints)[]).filter((part) =>
    mine[part] !== fingerprints[part]
  );
}

/** Of what must agree for a step, what does not. */
function disagreement(step: StepName, config: Config, theirs: Manifest): (keyof Fingerprints)[] {
  return inputsThatDiffer(config, theirs).filter((part) => mustAgree[step]?.includes(part));
}

function checkAgreement(step: StepName, different: readonly (keyof Fingerprints)[], run: Run): void {
  if (different.length === 0) return;
  throw new UserError({
    action: "leave out step",
    thing: step,
    found: `${different.map((part) => sections[part]).join(" and ")} differ from those of run ${run.id}`,
    expected: "the same data, experiments and load (budgets, prices and judges may differ)",
    remedy: `Set \`${step}.ipynb: yes\` under run_steps, or name another run with --from RUN.`,
  });
}

/**
 * The run directory that holds a step's output: the run's own, or that of the run that stands in for it.
 *
 * @throws {UserError} naming the notebook to run when there is none
 */
export async function outputOf(run: Run, step: StepName): Promise<Run> {
  const entry = stepEntry(await readManifest(run.paths.manifest), step);
  if (entry?.status === "finished") return run;
  if (entry?.status === "skipped" && entry.source !== null) {
    return await outputOf(await openRun(entry.source), step);
  }
  throw new UserError({
    action: "use the output of",
    thing: step,
    found: `it is ${entry?.status ?? "not part of this run"} in run ${run.id}`,
    expected: "a finished step",
    remedy: `Run notebooks/${step}.ipynb first.`,
  });
}
