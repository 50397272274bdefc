/** What it takes to do this run again: `report.reproduction` shows it. */

import { basename, isAbsolute, join, relative } from "node:path";
import { sha256 } from "../../core/mod.ts";
import type { ReproducedRun, ReproducedStep, Reproduction } from "../../report/mod.ts";
import { type Manifest, openRun, readManifest, type Run, type StepEntry } from "../../run/mod.ts";
import type { StepContext } from "../context.ts";
import { projectRoot } from "../project.ts";
import { machineWords } from "./report_header.ts";

/**
 * The commands, versions and hashes of this run and of those that it rests on, read from their manifests, with the hashes of the prompts.
 *
 * @param generator the run whose prompts were sent
 */
export async function reproductionOf(step: StepContext, generator: Run): Promise<Reproduction> {
  const own = await readManifest(step.run.paths.manifest);
  const senders = await Promise.all(own.steps.map((entry) => doneBy(own, entry)));
  const manifests = [...new Map([own, ...senders].map((manifest) => [manifest.run_id, manifest])).values()];
  const steps: DoneStep[] = [];
  for (const manifest of manifests) {
    const done = manifest.steps.filter(({ name, started_at }) =>
      started_at !== null && !steps.some(({ entry }) => entry.name === name)
    );
    steps.push(...done.map((entry) => ({ entry, manifest })));
  }
  steps.sort((a, b) => a.entry.started_at!.localeCompare(b.entry.started_at!));
  return {
    runs: manifests.map((manifest) =>
      runOf(
        manifest,
        steps.filter((one) => one.manifest.run_id === manifest.run_id).map(({ entry }) => entry.name),
      )
    ),
    steps: steps.map(({ entry, manifest }): ReproducedStep => ({
      name: entry.name,
      started_at: entry.started_at,
      ended_at: entry.ended_at,
      run_id: manifest.run_id,
    })),
    prompts: await promptHashes(generator.paths.prompts),
    prices: step.loaded.prices.meta,
  };
}

interface DoneStep {
  readonly entry: StepEntry;
  readonly manifest: Manifest;
}

/** The run that really did a step. */
async function doneBy(manifest: Manifest, entry: StepEntry): Promise<Manifest> {
  if (entry.source === null) return manifest;
  const source = await readManifest((await openRun(entry.source)).paths.manifest);
  const there = source.steps.find(({ name }) => name === entry.name);
  return there === undefined ? manifest : await doneBy(source, there);
}

function runOf(manifest: Manifest, did: readonly string[]): ReproducedRun {
  const { name, run_id, versions, seed, config_hash, fingerprints } = manifest;
  return {
    run_id: `${name} / ${run_id}`,
    part: did.length === 0 ? "did no step of this report" : `did ${did.join(", ")}`,
    command: commandOf(manifest),
    versions,
    machine: machineWords(manifest),
    seed,
    hashes: { config: config_hash, ...fingerprints },
  };
}

/** As it was started. What an earlier run stood in for is named, so that it does again. */
function commandOf({ config_file, parameters, sets, steps }: Manifest): string[] {
  const source = steps.find((entry) => entry.source !== null)?.source ?? null;
  return [
    ...["deno", "task", "fmbench", "run", "--config-file", withinProject(config_file)],
    ...Object.entries(parameters).flatMap(([key, value]) => ["-A", `${key}=${value}`]),
    ...(sets ?? []).flatMap((setting) => ["--set", setting]),
    ...(source === null ? [] : ["--from", withinProject(source)]),
  ];
}

/** A path below the project from its folder, so that it holds on another machine. */
function withinProject(path: string): string {
  if (!isAbsolute(path)) return path;
  const inside = relative(projectRoot, path);
  return inside.startsWith("..") || isAbsolute(inside) ? path : inside;
}

/** By name; empty where there are none, as in a copy that was brought without its data. */
async function promptHashes(folder: string): Promise<Reproduction["prompts"]> {
  const files: string[] = [];
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (isFile && name.endsWith(".jsonl")) files.push(join(folder, name));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  files.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  return await Promise.all(files.map(async (file) => ({
    file: basename(file),
    sha256: sha256(await Deno.readFile(file)),
  })));
}
