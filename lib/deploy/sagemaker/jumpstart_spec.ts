/**
 * What JumpStart says of a model: its image, artefact and environment. AWS keeps that as JSON in a public bucket of each region,
 * `models_manifest.json` and a file for each version of each model, which is read over https without credentials.
 */

import { messageOf, UserError } from "../../core/mod.ts";
import { type JumpStartFile, settleSpec } from "./jumpstart_file.ts";

/** What is asked for. */
export interface JumpStartChoice {
  readonly model_id: string;
  /** `*`, `3.*`, `3.1.*` or a version; of several the newest. */
  readonly version: string;
  readonly region: string;
  readonly instance_type: string;
}

/** What is deployed, as JumpStart has it for an instance type in a region. */
export interface JumpStartSpec {
  readonly model_id: string;
  readonly version: string;
  /** null: it says a framework and its version only, from which AWS's Python SDK makes an address. */
  readonly image: string | null;
  /** `s3://...`; a prefix ends in a slash, all else is a tar file. null: it has none. */
  readonly artifact: string | null;
  readonly env: Readonly<Record<string, string>>;
  readonly network_isolation: boolean;
  /** Of its volume; null: it does not say, or the instance type has disks of its own. */
  readonly volume_gb: number | null;
  /** Those that it was tried on; empty: it does not say. */
  readonly instance_types: readonly string[];
  readonly default_instance_type: string | null;
  /** Whether its artefact is given to those only who accept its licence. */
  readonly gated: boolean;
  /** Where the licence can be read. */
  readonly eula: string | null;
  readonly startup_timeout_s: number | null;
  readonly download_timeout_s: number | null;
  /** ARN of the package that takes the place of image and artefact; null: there is none. */
  readonly model_package: string | null;
}

/** How it is read. */
export interface JumpStartReading {
  /** @default `jumpStartAddress` of the region, with nothing said in the environment */
  readonly url?: string;
  readonly fetch?: typeof fetch;
  readonly signal?: AbortSignal;
  /** Of one request. @default 20,000 */
  readonly timeout_ms?: number;
}

/** Where the files are: `FMBENCH_JUMPSTART_URL`, or the region's bucket. Without a slash at its end. */
export function jumpStartAddress(
  region: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const own = env["FMBENCH_JUMPSTART_URL"];
  const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return own ? own.replace(/\/+$/, "") : `https://jumpstart-cache-prod-${region}.s3.${region}.${suffix}`;
}

/**
 * Reads what JumpStart has of a model.
 *
 * @throws {UserError} if it is not to be had, has no such model or version, or keeps it in a form that has to be packed anew
 */
export async function jumpStartSpec(
  choice: JumpStartChoice,
  reading: JumpStartReading = {},
): Promise<JumpStartSpec> {
  const url = reading.url ?? jumpStartAddress(choice.region, {});
  const manifest = await read(`${url}/models_manifest.json`, choice, reading);
  const entries = Array.isArray(manifest) ? manifest as ManifestEntry[] : [];
  const entry = entryOf(entries, choice);
  const file = await read(`${url}/${entry.spec_key}`, choice, reading) as JumpStartFile;
  return settleSpec(file, { ...choice, version: entry.version }, url);
}

/** What is used of one line of the manifest. */
interface ManifestEntry {
  readonly model_id: string;
  readonly version: string;
  readonly spec_key: string;
}

function entryOf(entries: readonly ManifestEntry[], { model_id, version, region }: JumpStartChoice) {
  const ofModel = entries.filter((entry) => entry.model_id === model_id)
    .sort((a, b) => compareVersions(b.version, a.version));
  if (ofModel.length === 0) {
    throw new UserError({
      action: "deploy the model",
      thing: model_id,
      found: `JumpStart has no model of that name in ${region}`,
      remedy: "Correct model_id, a name of JumpStart such as meta-textgeneration-llama-3-8b, or region.",
    });
  }
  const fitting = ofModel.find((entry) => fits(entry.version, version));
  if (fitting !== undefined) return fitting;
  const there = ofModel.slice(0, 8).map((entry) => entry.version).join(", ");
  throw new UserError({
    action: "deploy the model",
    thing: model_id,
    found: `JumpStart has no version ${version} of it in ${region}`,
    expected: `one of ${there}${ofModel.length > 8 ? ", ..." : ""}`,
    remedy: 'Correct model_version; "*" is the newest.',
  });
}

/** Whether a version is one that the pattern means: `3.*` means `3.1.0`, not `31.0.0`. */
export function fits(version: string, pattern: string): boolean {
  if (pattern === "*") return true;
  if (!pattern.endsWith(".*")) return version === pattern;
  return version.startsWith(pattern.slice(0, -1));
}

/** Below 0 where `a` is the older one. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split(".").map(Number));
  for (let i = 0; i < Math.max(left!.length, right!.length); i++) {
    const difference = (left![i] ?? 0) - (right![i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const attempts = 3;

async function read(url: string, choice: JumpStartChoice, reading: JumpStartReading): Promise<unknown> {
  const { fetch: ask = fetch, signal, timeout_ms = 20_000 } = reading;
  let found = "";
  for (let attempt = 1; attempt <= attempts; attempt++) {
    signal?.throwIfAborted();
    try {
      const limit = AbortSignal.timeout(timeout_ms);
      const answer = await ask(url, {
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      });
      if (answer.ok) return await answer.json();
      await answer.body?.cancel();
      found = `HTTP ${answer.status}`;
      if (answer.status < 500 && answer.status !== 429) break;
    } catch (error) {
      signal?.throwIfAborted();
      found = messageOf(error);
    }
  }
  throw new UserError({
    action: "read what JumpStart says of",
    thing: choice.model_id,
    found: `${url}: ${found}`,
    remedy:
      "Check the network and region, then run the same command again; or set FMBENCH_JUMPSTART_URL to where the files are.",
  });
}
