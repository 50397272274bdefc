/** Hashes that tell whether two runs measured the same thing. */

import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { sha256 } from "../core/mod.ts";
import type { Config } from "./config.ts";
import { projectFolder } from "./lookup.ts";

/** What a later step takes over from an earlier run must be the same in these; budgets, prices and judges may differ. */
export interface InputsFingerprint {
  /** `datasets`, the content of the data files, the template and the tokenizer's name, the seed. */
  readonly data: string;
  /** `experiments` and `inference_parameters`, without their load. */
  readonly experiments: string;
  /** `load`, of the run and of each experiment, with the content of the traces. */
  readonly load: string;
}

/** SHA-256 of the whole config: 64 hex digits. The order of keys does not matter, but for `run_steps`. */
export function configHash(config: Config): string {
  return sha256(canonical({ ...config, run_steps: Object.entries(config.run_steps) }));
}

/** Reads the data files once to hash them. Files that have gone since the config was read count as missing. */
export function inputsFingerprint(config: Config): InputsFingerprint {
  const { datasets, s3_read_data, experiments, load } = config;
  const data = {
    datasets,
    files: s3_read_data.source_data_files.map((file) => contentHash(file, "source_data")),
    template: contentHash(s3_read_data.prompt_template_file, "prompt_templates"),
    tokenizer: s3_read_data.tokenizer_prefix,
    seed: load.seed,
  };
  const traces = experiments.flatMap(({ load: { trace_file } }) =>
    trace_file === null ? [] : [contentHash(trace_file, "source_data")]
  );
  return {
    data: sha256(canonical(data)),
    experiments: sha256(canonical(experiments.map(({ load: _, ...experiment }) => experiment))),
    load: sha256(canonical([load, ...experiments.map((experiment) => experiment.load), ...traces])),
  };
}

function contentHash(file: string, shippedFolder: string): string {
  const hash = createHash("sha256");
  let handle: number;
  try {
    handle = openSync(isAbsolute(file) ? file : join(projectFolder, shippedFolder, file), "r");
  } catch {
    return "missing";
  }
  const buffer = new Uint8Array(1 << 20);
  try {
    for (let read = readSync(handle, buffer); read > 0; read = readSync(handle, buffer)) {
      hash.update(buffer.subarray(0, read));
    }
  } finally {
    closeSync(handle);
  }
  return hash.digest("hex");
}

/** JSON with the keys of every map in order; keys without a value left out. */
function canonical(value: unknown): string {
  return JSON.stringify(
    value,
    (_, item) =>
      item === null || typeof item !== "object" || Array.isArray(item)
        ? item
        : Object.fromEntries(Object.entries(item).sort(([a], [b]) => a < b ? -1 : 1)),
  );
}
