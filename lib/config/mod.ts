/**
 * The user's YAML as a typed, frozen value, with every fault and every key that has no effect named by line.
 * From: a YAML file, `-A key=value`, `--set path=value`, the files it names.
 * To: `Config`, prices, fingerprints and the resolved YAML, for `pipeline/`.
 */
export { baseOf, identityNeeded, scenariosOf } from "./assembly.ts";
export * from "./config.ts";
export * from "./defaults.ts";
export { knownDeploymentScripts } from "./deployment_script.ts";
export { deploymentSpecOf } from "./deployment_spec.ts";
export type { Evaluation, JudgeSettings } from "./evaluation.ts";
export { withExperimentPrices } from "./experiment_price.ts";
export * from "./fault.ts";
export * from "./fingerprint.ts";
export * from "./inference_script.ts";
export * from "./json_schema.ts";
export { judgeTextFolders } from "./judge_text_check.ts";
export * from "./load_options.ts";
export * from "./loading.ts";
export * from "./lookup.ts";
export type { AwsIdentity } from "./placeholder.ts";
export { experimentsElsewhere } from "./price_check.ts";
export * from "./prices.ts";
export { copyOf, isAddress } from "./remote_copy.ts";
export * from "./resolved_yaml.ts";
export * from "./run_steps.ts";
export { serviceLevelOf } from "./service_level.ts";
export type { Study } from "./study.ts";
export { scenarioPayloads } from "./study_document.ts";
