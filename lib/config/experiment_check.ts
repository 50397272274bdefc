/** Whether each experiment can be sent what it is to be sent. */

import type { Config } from "./config.ts";
import type { Path } from "./fault.ts";
import type { Findings } from "./finding.ts";
import { failureNames } from "./fault_schema.ts";
import { deployerOf, knownDeploymentScripts } from "./deployment_script.ts";
import { isSigned } from "../core/mod.ts";
import { isUrl } from "./experiment_address.ts";
import { isReachedByModel, isReachedByUrl, knownInferenceScripts, predictorOf } from "./inference_script.ts";
import type { WrittenConfig } from "./schema.ts";
import type { Script } from "./script.ts";
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
      const otherwise = produced.filter((name) => withoutDigits(name) !== withoutDigits(file));
      const likely = didYouMean(file, otherwise);
      const advice = likely.startsWith("did") ? likely : `expected one of ${produced.join(", ")}`;
      const text = `"${file}" is produced by no entry of datasets.filters; ${advice}`;
      fault(["experiments", index, "payload_files", at], text);
    }
  }
}

/** Payload files are called after numbers: another number is another file, and no misspelling. */
const withoutDigits = (name: string) => name.replace(/\d+/g, "0");

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

/** Profiles and failures of the embedded endpoint that do not exist, and endpoints that are not said. */
export function checkEndpoints(
  written: WrittenConfig,
  config: Config,
  profiles: readonly string[] | null,
  findings: Findings,
): void {
  for (const [index, experiment] of written.experiments.entries()) {
    const path = ["experiments", index];
    const { simulate, deploy } = experiment;
    const predictor = checkPredictor(experiment, path, findings);
    if (simulate !== undefined && profiles !== null && !profiles.includes(simulate.profile)) {
      const text = `"${simulate.profile}" is no profile; ${didYouMean(simulate.profile, profiles)}`;
      findings.fault([...path, "simulate", "profile"], text);
    }
    checkFailures(experiment, path, findings);
    const deployed = deploy ?? simulate !== undefined;
    checkDeployer(experiment, deployed, path, findings);
    if (!deployed && predictor !== null) {
      checkBrought(experiment, config.experiments[index]!, predictor, path, findings);
    }
  }
}

/** Protocols whose requests name the model, so that there is none without it. */
const namesModel: readonly string[] = ["openai_chat", "openai_completions", "openai_embeddings", "ollama"];

/** What is said of an endpoint that the user brings. */
function checkBrought(
  { simulate, ep_name, model_id, model_name }: Written,
  settled: Config["experiments"][number],
  predictor: Script,
  path: Path,
  { fault }: Findings,
): void {
  const named = model_id ?? model_name ?? settled.inference_spec.parameters["model"];
  if (namesModel.includes(predictor.module) && named === undefined && simulate === undefined) {
    fault([...path, "model_id"], '"model_id" is missing; expected the model\'s name at the endpoint');
  }
  if (isReachedByUrl(predictor)) {
    if (ep_name !== undefined && isUrl(ep_name)) return;
    const found = ep_name === undefined ? "is missing" : `is "${ep_name}"`;
    const text = `"ep_name" ${found}; expected the base URL of the endpoint, like http://127.0.0.1:8000/v1`;
    fault([...path, "ep_name"], text);
  } else if (ep_name === undefined && !predictor.own && !(isReachedByModel(predictor) && model_id)) {
    const text = '"ep_name" is missing; expected the name or ARN of the endpoint or the model';
    fault([...path, "ep_name"], text);
  }
  const signed = isSigned(predictor.module);
  if (!signed || settled.region !== null) {
    return;
  }
  fault(
    [...path, "region"],
    '"region" is missing; expected the region of the endpoint here, in aws.region or in AWS_REGION',
  );
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

/** The predictor of an experiment; null when there is none. */
function checkPredictor(
  { inference_script: written, inference_spec: { container_type } }: Written,
  at: Path,
  { fault }: Findings,
): Script | null {
  const predictor = predictorOf(written, container_type);
  if (predictor === null) {
    fault([...at, "inference_script"], noScript(written, "predictor", knownInferenceScripts));
  }
  return predictor;
}

/** Keys that say how something is deployed. */
const deploymentKeys = [
  ...[
    "env",
    "ec2",
    "eks",
    "process",
    "ready_timeout_seconds",
    "image_uri",
    "model_version",
    "serving.properties",
  ],
  ...["accept_eula", "bucket", "prefix", "sagemaker_execution_role", "model_s3_path", "model_data"],
  ...["download_from_hf_place_in_s3", "production_variant_name"],
] as const satisfies readonly (keyof Written)[];
const containerKeys = [
  ...[
    "model_copies",
    "tp_degree",
    "batch_size",
    "shm_size",
    "backend",
    "container_params",
    "cli_params",
    "balancer",
  ],
] as const satisfies readonly (keyof Written["inference_spec"])[];

/** What is said of a deployment that does not take place. */
function idleDeployment(experiment: Written, at: Path, { notice }: Findings): void {
  const text = "has no effect: nothing is deployed by it";
  for (const key of deploymentKeys) {
    if (experiment[key] !== undefined && experiment[key] !== "") notice([...at, key], text);
  }
  for (const key of containerKeys) {
    if (experiment.inference_spec[key] !== undefined) notice([...at, "inference_spec", key], text);
  }
}

/** What deploys an experiment, if it is not the embedded endpoint. */
function checkDeployer(
  experiment: Written,
  deployed: boolean,
  at: Path,
  findings: Findings,
): void {
  const { simulate, deployment_script: written } = experiment;
  const { fault, notice } = findings;
  const path = [...at, "deployment_script"];
  if (!deployed || simulate !== undefined) {
    if (written !== undefined) notice(path, "has no effect: nothing is deployed by it");
    return idleDeployment(experiment, at, findings);
  }
  if (written === undefined) {
    const text = '"deployment_script" is missing beside "deploy: yes"; expected one of ' +
      `${
        knownDeploymentScripts.filter((name) => name.endsWith(".py")).join(", ")
      }; or deploy: no, with the ` +
      "running endpoint in ep_name; or a simulate: section";
    return fault([...at, "deploy"], text);
  }
  const deployer = deployerOf(written);
  if (deployer === null) fault(path, noScript(written, "deployer", knownDeploymentScripts));
}

function noScript(written: string, what: string, known: readonly string[]): string {
  const likely = didYouMean(written, known);
  const advice = !written.endsWith(".py") || likely.startsWith("did")
    ? likely
    : "expected the path of a TypeScript module (.ts): scripts in Python do not run here";
  return `"${written}" is no ${what}; ${advice}`;
}
