/** The config as it was understood, as YAML: for the run directory and the report. */

import { stringify } from "yaml";
import { redactDeep } from "../core/mod.ts";
import type { Config } from "./config.ts";
import { escapeBraces } from "./placeholder.ts";

/** Every key with its value, defaults included, secrets redacted. Reading it again gives the same config. */
export function resolvedYaml(config: Config): string {
  const steps = Object.entries(config.run_steps).map(([name, enabled]) => [`${name}.ipynb`, enabled]);
  const experiments = config.experiments.map(asKeys);
  return stringify(writable(redactDeep({ ...config, run_steps: Object.fromEntries(steps), experiments })));
}

/** An experiment without what is no key of a config: reading works it out again. */
function asKeys(
  { predictor: _predictor, protocol_options: _options, ...keys }: Config["experiments"][number],
) {
  return keys;
}

/** With braces that would read as placeholders doubled. */
function writable(value: unknown): unknown {
  if (typeof value === "string") return escapeBraces(value);
  if (Array.isArray(value)) return value.map(writable);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).filter(([, item]) => item !== undefined)
      .map(([key, item]) => [escapeBraces(key), writable(item)]),
  );
}
