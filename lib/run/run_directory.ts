/** Creating, finding and opening run directories: `results/<general.name>/<UTC time>-<short random id>/`. */

import { basename, dirname, join, resolve } from "node:path";
import { compactDate, UserError } from "../core/mod.ts";
import { type Manifest, readManifest, writeManifest } from "./manifest.ts";
import { type RunPaths, runPaths } from "./paths.ts";

/** A run directory that exists. */
export interface Run {
  readonly id: string;
  readonly paths: RunPaths;
}

/** Which runs belong together: `results/<general.name>/`. */
export interface RunFamily {
  readonly resultsDir: string;
  readonly name: string;
}

const folderOf = (family: RunFamily) => join(family.resultsDir, folderName(family.name));

/** `general.name` as one folder name. */
export function folderName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^\.+/, "") || "run";
}

/** Creates a new run directory with its folders. It is never used again for another run. */
export async function createRun(
  family: RunFamily,
  now: Date,
  describe: (runId: string) => Manifest,
): Promise<Run> {
  const id = `${compactDate(now)}-${crypto.randomUUID().slice(0, 6)}`;
  const paths = runPaths(resolve(folderOf(family), id));
  await Deno.mkdir(dirname(paths.root), { recursive: true });
  await Deno.mkdir(paths.root);
  await makeFolders(paths);
  await writeManifest(paths.manifest, describe(id));
  return { id, paths };
}

/** Makes the folders that every run has; what names accounts is for its owner only. */
export async function makeFolders(paths: RunPaths): Promise<void> {
  for (const folder of [paths.notebooks, paths.prompts, paths.models, paths.requests]) {
    await Deno.mkdir(folder, { recursive: true });
  }
  await Deno.chmod(paths.models, 0o700).catch(() => {});
}

/** Opens a run directory by its path. */
export async function openRun(path: string): Promise<Run> {
  const paths = runPaths(resolve(path));
  await readManifest(paths.manifest);
  return { id: basename(paths.root), paths };
}

/** All runs of a family, newest first; folders without a readable manifest are left out. */
export async function listRuns(family: RunFamily): Promise<Run[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(folderOf(family))) {
      if (entry.isDirectory) names.push(entry.name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const runs: Run[] = [];
  for (const name of names.sort().reverse()) {
    try {
      runs.push(await openRun(join(folderOf(family), name)));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  }
  return runs;
}

/** Remembers the run that notebooks opened by hand join. */
export async function setCurrentRun(family: RunFamily, run: Run): Promise<void> {
  await Deno.writeTextFile(join(folderOf(family), "current"), run.id + "\n");
}

/** The run that step 0 started last by hand; null when there is none (any more). */
export async function currentRun(family: RunFamily): Promise<Run | null> {
  try {
    const id = (await Deno.readTextFile(join(folderOf(family), "current"))).trim();
    return await openRun(join(folderOf(family), id));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof UserError) return null;
    throw error;
  }
}

/** The run that step 0 started last by hand, whatever its name; null when there is none. */
export async function latestCurrentRun(resultsDir: string): Promise<Run | null> {
  const found: { name: string; at: number }[] = [];
  try {
    for await (const entry of Deno.readDir(resultsDir)) {
      const stat = await Deno.stat(join(resultsDir, entry.name, "current")).catch(() => null);
      if (stat?.mtime) found.push({ name: entry.name, at: stat.mtime.getTime() });
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const newest = found.sort((a, b) => b.at - a.at)[0];
  return newest === undefined ? null : await currentRun({ resultsDir, name: newest.name });
}
