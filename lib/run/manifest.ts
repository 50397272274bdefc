/** `manifest.json`: what a run is and how far it came. The truth about a step is its entry here. */

import { UserError } from "../core/mod.ts";

export type StepStatus = "pending" | "running" | "finished" | "failed" | "interrupted" | "skipped";

export interface StepEntry {
  /** File name of the notebook without `.ipynb`. */
  readonly name: string;
  readonly status: StepStatus;
  /** UTC, ISO 8601. */
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly error: string | null;
  /** Seconds of the step spent on sending load; null for steps that send none. */
  readonly load_s: number | null;
  /** The earlier run whose output stands in for a step that is switched off. */
  readonly source: string | null;
}

/** Hashes of what must be the same when a run builds on another one. */
export interface Fingerprints {
  readonly data: string;
  readonly experiments: string;
  readonly load: string;
}

export interface Manifest {
  readonly schema: "fmbench.manifest/1";
  readonly run_id: string;
  /** `general.name`. */
  readonly name: string;
  readonly status: "running" | "finished" | "failed" | "interrupted";
  readonly created_at: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly seed: number;
  readonly config_file: string;
  readonly config_hash: string;
  /** `-A key=value` of the run, secrets redacted. */
  readonly parameters: Readonly<Record<string, string>>;
  /** `--set path=value` of the run, secrets redacted. */
  readonly sets: readonly string[];
  readonly fingerprints: Fingerprints;
  readonly price_date: string | null;
  readonly price_region: string | null;
  /** Whether an endpoint of the run is the embedded one. */
  readonly simulated: boolean;
  /** `s3://` address that the run directory is mirrored to; absent: none. */
  readonly mirror?: string;
  /** Directory of the run that `--from` named; absent: none. */
  readonly from?: string;
  readonly steps: readonly StepEntry[];
}

/** A step that has not been started. */
export function pendingStep(name: string): StepEntry {
  return {
    name,
    status: "pending",
    started_at: null,
    ended_at: null,
    error: null,
    load_s: null,
    source: null,
  };
}

/** Reads a manifest; a file that is none is the user's error, since the path was theirs. */
export async function readManifest(path: string): Promise<Manifest> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    throw new UserError({
      action: "open the run",
      thing: path,
      found: error instanceof Deno.errors.NotFound ? "there is no such file" : String(error),
      expected: "the manifest of a run directory",
      remedy: "List your runs in results/<general.name>/.",
    });
  }
  try {
    const value = JSON.parse(text) as Manifest;
    if (value.schema === "fmbench.manifest/1") return value;
  } catch {
    // falls through to the one message below
  }
  throw new UserError({
    action: "open the run",
    thing: path,
    found: "this is not a manifest of this program",
    expected: 'JSON with "schema": "fmbench.manifest/1"',
  });
}

/** Replaces the manifest in one move, so that a reader never sees half of it. */
export async function writeManifest(path: string, manifest: Manifest): Promise<void> {
  const temporary = `${path}.${Deno.pid}.part`;
  await Deno.writeTextFile(temporary, JSON.stringify(manifest, null, 2) + "\n");
  await Deno.rename(temporary, path);
}

/** A manifest with some fields of one step replaced; the step is added when it is not there. */
export function withStep(manifest: Manifest, name: string, change: Partial<StepEntry>): Manifest {
  const known = manifest.steps.some((step) => step.name === name);
  const steps = known ? manifest.steps : [...manifest.steps, pendingStep(name)];
  return { ...manifest, steps: steps.map((step) => step.name === name ? { ...step, ...change } : step) };
}

/** The entry of a step, if the manifest has one. */
export function stepEntry(manifest: Pick<Manifest, "steps">, name: string): StepEntry | undefined {
  return manifest.steps.find((step) => step.name === name);
}
