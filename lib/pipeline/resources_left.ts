/** What of a run is still there, what it costs, and how to end that. */

import { join, resolve } from "node:path";
import { showDuration, showMoney, UserError } from "../core/mod.ts";
import {
  hourlyCost,
  owed,
  removeAll,
  type RemovedResource,
  resourceKey,
  type RunningCost,
  runningCosts,
} from "../deploy/mod.ts";
import { lockHolder, openRun, readManifest, type Run, runnerState, runPaths, stepEntry } from "../run/mod.ts";
import { removersFor } from "./removers.ts";

/**
 * One text on everything that a run created and has not removed: since when, what it costs an hour, and the command that removes it.
 *
 * @returns null when nothing is left
 */
export function resourcesLeft(run: Run, now = new Date()): string | null {
  const left = owed(run.paths.root);
  if (left.length === 0) return null;
  const costs = new Map(
    runningCosts(run.paths.root, now).filter(({ until }) => until === null).map((
      cost,
    ) => [resourceKey(cost), cost]),
  );
  const rows = left.map((resource) => {
    const cost = costs.get(resourceKey(resource));
    return `  - ${resource.kind} ${resource.name}${cost === undefined ? "" : `: ${costWords(cost)}`}`;
  });
  return [
    "Still there, as nothing removes it by itself:",
    ...rows,
    hourlyWords([...costs.values()]),
    `Remove it with: fmbench cleanup ${run.paths.root}`,
  ].filter((line) => line !== null).join("\n");
}

function costWords({ billing, hours, cost }: RunningCost): string {
  const { instance_count, instance_type, per_hour, currency } = billing;
  const price = per_hour === null ? "no price is known" : `${showMoney(per_hour, currency)} an hour`;
  const far = cost === null ? "" : `, ${showMoney(cost, currency)} so far`;
  return `${instance_count} x ${instance_type}, ${price}, for ${showDuration(hours * 3_600_000)}${far}`;
}

function hourlyWords(costs: readonly RunningCost[]): string | null {
  if (costs.length < 2) return null;
  const hourly = hourlyCost(costs);
  return hourly === null
    ? "Together: not all prices are known."
    : `Together: ${showMoney(hourly, costs[0]!.billing.currency)} an hour.`;
}

/**
 * Before anything is started: what a crash left behind goes, unless its run is what goes on now.
 *
 * @param spared run directories that are going to be used
 * @returns a line for each run of which something was removed, or is left
 */
export async function settleCrashedRuns(
  resultsDir: string,
  spared: readonly (string | null | undefined)[],
): Promise<string[]> {
  const kept = spared.filter((run) => run !== null && run !== undefined).map((run) => resolve(run));
  const recovered = await recoverCrashed(resolve(resultsDir), kept);
  return recovered.flatMap(({ run, removed, failure }) => {
    const names = removed.map(({ kind, name }) => `${kind} ${name}`).join(", ");
    const ended = `Run ${run.id} had ended without cleaning up`;
    return [
      ...names === "" ? [] : [`${ended}. Removed: ${names}.`],
      ...failure === null ? [] : [`${ended}, and something is left.\n${failure}`],
    ];
  });
}

/** What was removed of a run that a crash had ended. */
export interface Recovered {
  readonly run: Run;
  readonly removed: readonly RemovedResource[];
  /** null: nothing is left of it. */
  readonly failure: string | null;
}

/**
 * Removes what runs have left behind whose process died: those with step 6 switched on. A run that ended in good order, one that another
 * machine drives, and one that was made by hand are left alone.
 *
 * @param resultsDir all runs below it are looked at
 * @param spared run directories that are going to be used
 */
export async function recoverCrashed(resultsDir: string, spared: readonly string[]): Promise<Recovered[]> {
  const recovered: Recovered[] = [];
  for (const folder of await crashedRuns(resultsDir)) {
    if (spared.includes(folder) || owed(folder).length === 0) continue;
    const run = await openRun(folder);
    const manifest = await readManifest(run.paths.manifest);
    if (stepEntry(manifest, "6_cleanup")?.status === "skipped") continue;
    if (!await stepHasEnded(run)) continue;
    try {
      recovered.push({ run, removed: await removeAll(folder, { removers: removersFor() }), failure: null });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      recovered.push({ run, removed: [], failure: error.message });
    }
  }
  return recovered;
}

const stopPatience_ms = 15_000;

/**
 * Waits until no step of a run is worked on. A step whose runner was killed stops by itself, within some seconds; before that it may
 * still create something.
 *
 * @returns whether it has ended
 */
export async function stepHasEnded({ paths }: Run, patience_ms = stopPatience_ms): Promise<boolean> {
  const deadline = performance.now() + patience_ms;
  while (await lockHolder(paths.lock) !== null) {
    if (performance.now() >= deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return true;
}

async function crashedRuns(resultsDir: string): Promise<string[]> {
  const crashed: string[] = [];
  for (const family of await foldersIn(resultsDir)) {
    for (const folder of await foldersIn(family)) {
      if ((await runnerState(runPaths(folder).runner))?.state === "gone") crashed.push(folder);
    }
  }
  return crashed;
}

async function foldersIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory) found.push(join(folder, name));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found;
}
