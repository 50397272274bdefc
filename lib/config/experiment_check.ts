/** Whether each experiment can be sent what it is to be sent, and be priced. */

import type { Prices } from "../core/mod.ts";
import type { Config } from "./config.ts";
import type { Path } from "./fault.ts";
import type { Findings } from "./finding.ts";
import { failureNames } from "./fault_schema.ts";
import { availablePredictors, knownInferenceScripts, predictorOf } from "./inference_script.ts";
import type { WrittenConfig } from "./schema.ts";
import { didYouMean } from "./suggestion.ts";

type Written = WrittenConfig["experiments"][number];

/** Names that stand twice, and entries of a list that do: a level would be measured twice under one name. */
export function checkRepetitions(written: WrittenConfig, { fault, lineOf }: Findings): void {
  const names = new Map<string, number>();
  for (const [index, { name, payload_files, concurrency_levels }] of written.experiments.entries()) {
    const path = ["experiments", index];
    const first = names.get(name);
    if (first === undefined) names.set(name, index);
    else {
      const line = lineOf(["experiments", first, "name"]);
      fault(
        [...path, "name"],
        `two experiments are called "${name}", the first on line ${line}; expected another name`,
      );
    }
    for (const [key, items] of Object.entries({ payload_files, concurrency_levels })) {
      for (const [at, item] of (items ?? []).entries()) {
        if ((items as readonly unknown[]).indexOf(item) === at) continue;
        fault([...path, key, at], `${JSON.stringify(item)} stands twice in "${key}"; expected it once`);
      }
    }
  }
}

/** Payload files that no filter produces. */
export function checkPayloadFiles(config: Config, { fault }: Findings): void {
  const produced = config.datasets.filters.map(({ payload_file }) => payload_file);
  for (const [index, { payload_files }] of config.experiments.entries()) {
    for (const [at, file] of payload_files.entries()) {
      if (produced.includes(file)) continue;
      const text = `"${file}" is produced by no entry of datasets.filters; ${didYouMean(file, produced)}`;
      fault(["experiments", index, "payload_files", at], text);
    }
  }
}

/** Parameter sets that do not exist, and experiments that leave open which of several they use. */
export function checkParameterSets(written: WrittenConfig, { fault }: Findings): void {
  const sets = Object.keys(written.inference_parameters);
  for (const [index, { inference_spec: { parameter_set, parameters } }] of written.experiments.entries()) {
    const path = ["experiments", index, "inference_spec", "parameter_set"];
    if (parameter_set === undefined) {
      if (sets.length > 1 && parameters === undefined) {
        fault(path, `"parameter_set" is missing; expected one of ${sets.join(", ")}`);
      }
    } else if (!sets.includes(parameter_set) && parameters === undefined) {
      fault(path, `"${parameter_set}" is no set of inference_parameters; ${didYouMean(parameter_set, sets)}`);
    }
  }
}

/** Predictors, endpoints and deployments that do not exist, or not yet. */
export function checkEndpoints(
  written: WrittenConfig,
  profiles: readonly string[] | null,
  findings: Findings,
): void {
  for (const [index, experiment] of written.experiments.entries()) {
    const path = ["experiments", index];
    if (!checkPredictor(experiment, path, findings)) continue;
    const { simulate, deploy, ep_name, model_id, model_name } = experiment;
    if (simulate !== undefined && profiles !== null && !profiles.includes(simulate.profile)) {
      const text = `"${simulate.profile}" is no profile; ${didYouMean(simulate.profile, profiles)}`;
      findings.fault([...path, "simulate", "profile"], text);
    }
    checkFailures(experiment, path, findings);
    if (deploy ?? simulate !== undefined) {
      if (simulate !== undefined) continue;
      const text =
        'nothing can be deployed for "deploy: yes" in this version; expected no, with the URL of a running ' +
        "endpoint in ep_name, or a simulate: section";
      findings.fault([...path, "deploy"], text);
      continue;
    }
    if (model_id === undefined && model_name === undefined && simulate === undefined) {
      findings.fault(
        [...path, "model_id"],
        '"model_id" is missing; expected the model\'s name at the endpoint',
      );
    }
    if (ep_name === undefined || !URL.canParse(ep_name) || !/^https?:/.test(ep_name)) {
      const found = ep_name === undefined ? "is missing" : `is "${ep_name}"`;
      const text = `"ep_name" ${found}; expected the base URL of the endpoint, like http://127.0.0.1:8000/v1`;
      findings.fault([...path, "ep_name"], text);
    }
  }
}

/** Failures share out one whole: at most one strikes a request. */
function checkFailures({ simulate }: Written, path: Path, { fault }: Findings): void {
  const chances = failureNames.map((name) => simulate?.faults?.[name]);
  const sum = chances.reduce<number>((total, chance) => total + (typeof chance === "number" ? chance : 0), 0);
  if (sum <= 1 + 1e-9) return;
  fault(
    [...path, "simulate", "faults"],
    `the probabilities of failures in "faults" are ${
      Number(sum.toPrecision(6))
    } together; expected at most 1`,
  );
}

function checkPredictor({ inference_script }: Written, path: Path, { fault }: Findings): boolean {
  const predictor = predictorOf(inference_script);
  if (typeof predictor === "string") return true;
  const available = availablePredictors.join(", ");
  fault(
    [...path, "inference_script"],
    predictor === null
      ? `"${inference_script}" has no predictor in this version; expected one that has: ${available}`
      : `"${inference_script}" is no predictor; ${didYouMean(inference_script, knownInferenceScripts)}`,
  );
  return false;
}

/** Instance types that nothing is known of what they cost. One that is merely the model's name is a notice. */
export function checkPrices(config: Config, prices: Prices, { fault, notice }: Findings): void {
  const known = [...Object.keys(prices.instance_based), ...Object.keys(prices.token_based)];
  for (const [index, { instance_type, model_id }] of config.experiments.entries()) {
    if (known.includes(instance_type)) continue;
    const path = ["experiments", index, "instance_type"];
    if (instance_type === model_id) {
      notice(path, `is "${instance_type}", the name of the model, and has no price: costs are not known`);
    } else {
      fault(
        path,
        `"${instance_type}" has no price in ${config.pricing}; ${priceAdvice(instance_type, known)}`,
      );
    }
  }
}

function priceAdvice(name: string, known: readonly string[]): string {
  const advice = didYouMean(name, known);
  return advice.startsWith("did")
    ? advice
    : "expected a key of pricing.instance_based or pricing.token_based";
}
