/** Hashes that tell whether two runs measured the same thing. */

import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { sha256 } from "../core/mod.ts";
import { isRemoteSource, isSyntheticSource } from "../data/mod.ts";
import type { Config } from "./config.ts";
import { priceKeys } from "./experiment_price.ts";
import { projectFolder } from "./lookup.ts";

/** What a later step takes over from an earlier run must be the same in these; budgets, prices and judges may differ. */
export interface InputsFingerprint {
  /** `datasets`, the content of the data files, the template and the tokenizer, the seed. */
  readonly data: string;
  /** `experiments` and `inference_parameters`, without their load. */
  readonly experiments: string;
  /** `load`, of the run and of each experiment, with the content of the traces. */
  readonly load: string;
}

/** SHA-256 of the whole config: 64 hex digits. The order of keys does not matter, but for `run_steps`. */
export function configHash(config: Config): string {
  const { study, load, ...others } = config;
  // A config without them has the hash that it had before there were any.
  const { fleet, ...sent } = load;
  return sha256(
    canonical({
      ...others,
      load: fleet === null ? sent : load,
      ...study === null ? {} : { study },
      run_steps: Object.entries(config.run_steps),
    }),
  );
}

/** Reads the data files once to hash them. Files that have gone since the config was read count as missing. */
export function inputsFingerprint(config: Config): InputsFingerprint {
  const { datasets, s3_read_data, experiments, load, study } = config;
  const data = {
    datasets,
    files: s3_read_data.source_data_files.map((file) =>
      isRemoteSource(file) || isSyntheticSource(file) ? file : contentHash(file, "source_data")
    ),
    ...renderingOf(s3_read_data, experiments[0]!.hf_tokenizer_model_id),
    own: experiments.map((one) => ({
      ...renderingOf(one, one.hf_tokenizer_model_id),
      keys: one.prompt_template_keys,
    })),
    seed: load.seed,
  };
  // Who sends it makes no other load of it.
  const { fleet: _fleet, ...sent } = load;
  const loads = [sent, ...experiments.map((experiment) => experiment.load)].map((
    { trace_file, ...others },
  ) => ({
    ...others,
    trace: trace_file === null ? null : contentHash(trace_file, "source_data"),
  }));
  return {
    data: sha256(canonical(data)),
    experiments: sha256(canonical(experiments.map(apartFromFiles))),
    load: sha256(canonical(study === null ? loads : [...loads, scheduleOf(study)])),
  };
}

/** When a study makes its calls; how well it wants to know may change, and its scenarios stand under `data`. */
function scheduleOf(study: NonNullable<Config["study"]>) {
  const { scenarios: _file, precision: _precision, stop_when_precise: _stops, ...schedule } = study;
  return schedule;
}

/** An experiment without its load and its prices, and without the names of files: their content stands under `data`. */
function apartFromFiles(
  { load: _load, prompt_template_file: _template, tokenizer_prefix: _tokenizer, ...priced }:
    Config["experiments"][number],
) {
  const others = { ...priced };
  for (const key of priceKeys) delete others[key];
  const { inference_script, deployment_script, predictor, protocol_options } = others;
  const { module } = protocol_options;
  return {
    ...others,
    inference_script: scriptContent(inference_script),
    ...(deployment_script === undefined ? {} : { deployment_script: scriptContent(deployment_script) }),
    predictor: scriptContent(predictor),
    protocol_options: {
      ...protocol_options,
      ...(module === undefined ? {} : { module: scriptContent(module) }),
    },
  };
}

/** A module of the user's own by what is in it, wherever it lies; one of ours by its name. */
function scriptContent(script: string): string {
  return isAbsolute(script) ? contentHash(script, "") : script;
}

function renderingOf(
  { prompt_template_file, tokenizer_prefix }: {
    readonly prompt_template_file: string | null;
    readonly tokenizer_prefix: string | null;
  },
  model_id: string | null,
) {
  return {
    template: prompt_template_file && contentHash(prompt_template_file, "prompt_templates"),
    tokenizer: tokenizer_prefix === null
      ? model_id
      : contentHash(join(tokenizer_prefix, "tokenizer.json"), "source_data/tokenizers"),
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
