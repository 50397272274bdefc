/** The config as it was understood, as YAML: for the run directory and the report. */

import { isDeepStrictEqual } from "node:util";
import { stringify } from "yaml";
import { redactDeep } from "../core/mod.ts";
import type { Config } from "./config.ts";
import { escapeBraces } from "./placeholder.ts";
import { serviceLevelOf } from "./service_level.ts";
import { studyKeys } from "./study.ts";

/** Every key with its value, defaults included, secrets redacted. Reading it again gives the same config. */
export function resolvedYaml(config: Config): string {
  const steps = Object.entries(config.run_steps).map(([name, enabled]) => [`${name}.ipynb`, enabled]);
  const keys = {
    ...config,
    run_steps: Object.fromEntries(steps),
    experiments: config.experiments.map(asKeys),
    study: config.study === null ? undefined : studyKeys(config.study),
    report: { ...config.report, objectives: askedObjectives(config.report) },
  };
  return stringify(writable(redactDeep(keys)));
}

/** An experiment without what is no key of a config: reading works it out again. */
function asKeys(
  { predictor: _predictor, protocol_options: _options, ...keys }: Config["experiments"][number],
) {
  return keys;
}

/** Objectives and their share side by side, as a config has them; none where they follow from the latency budget. */
function askedObjectives({ latency_budget, latency_statistic, objectives: asked }: Config["report"]) {
  const implied = serviceLevelOf({ latency_budget, latency_statistic });
  return isDeepStrictEqual(asked, implied) ? undefined : { ...asked.objectives, share: asked.share };
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
