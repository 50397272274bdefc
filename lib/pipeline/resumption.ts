/** `--resume RUN`: which steps of an interrupted run are still to be done. */

import { isAlive, readEndpoints } from "../deploy/mod.ts";
import { isStepName, UserError } from "../core/mod.ts";
import type { LoadedConfig } from "../config/mod.ts";
import {
  lockHolder,
  type Manifest,
  openRun,
  readManifest,
  type Run,
  stepEntry,
  withStep,
  writeManifest,
} from "../run/mod.ts";
import { inputsThatDiffer } from "./sources.ts";

/**
 * Opens an interrupted run to go on with it. Its finished steps stay as they are; an endpoint that is gone by now is made
 * again if requests are still missing.
 *
 * @returns the run, and the names of the steps still to be done, in order
 * @throws {UserError} if the run has nothing left to do, is still running, or its config has changed
 */
export async function reopenRun(path: string, loaded: LoadedConfig): Promise<{ run: Run; steps: string[] }> {
  const run = await openRun(path);
  const manifest = await readManifest(run.paths.manifest);
  const holder = await lockHolder(run.paths.lock);
  if (holder !== null) {
    throw refusal(
      run,
      `step ${holder.step} is still running (process ${holder.pid})`,
      "Wait for it, or stop it.",
    );
  }
  const different = inputsThatDiffer(loaded.config, manifest);
  if (different.length > 0) {
    throw refusal(
      run,
      `the config's ${different.join(", ")} changed since it was started`,
      "Start a new run.",
    );
  }
  const open = manifest.steps.filter(({ status }) => status !== "finished" && status !== "skipped");
  if (open.length === 0) {
    throw refusal(run, "all its steps are finished", "To analyse it again: `fmbench report RUN`.");
  }
  const steps = new Set(open.map(({ name }) => name));
  if (steps.has("3_run_inference") && await endpointsAreGone(run, manifest)) steps.add("2_deploy_model");
  await writeManifest(run.paths.manifest, { ...[...steps].reduce(pending, manifest), status: "running" });
  return { run, steps: manifest.steps.map(({ name }) => name).filter((name) => steps.has(name)) };
}

function refusal(run: Run, found: string, remedy: string): UserError {
  return new UserError({ action: "resume", thing: run.paths.root, found, remedy });
}

/** A step that is to be done is pending again; when it failed or was interrupted, that stands in the log. */
function pending(manifest: Manifest, step: string): Manifest {
  const entry = stepEntry(manifest, step);
  if (entry === undefined || !isStepName(step)) return manifest;
  return withStep(manifest, step, { status: "pending", error: null });
}

/** Whether step 2 was done in this run, but not all of its endpoints can be reached any more. */
async function endpointsAreGone(run: Run, manifest: Manifest): Promise<boolean> {
  if (stepEntry(manifest, "2_deploy_model")?.status !== "finished") return false;
  const endpoints = await readEndpoints(run.paths.root);
  return !(await Promise.all(endpoints.map(isAlive))).every(Boolean);
}
