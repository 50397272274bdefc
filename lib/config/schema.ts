/** The schema of a config file: FMBench's sections under FMBench's names, and our own `load` and `certify`. */

import { z } from "zod";
import { serviceLevelNames } from "../core/mod.ts";
import { defaults } from "./defaults.ts";
import { evaluation, similarity } from "./evaluation_schema.ts";
import { experiment } from "./experiment_schema.ts";
import {
  amount,
  dormant,
  fieldNotes,
  fileName,
  flag,
  fraction,
  freeMap,
  list,
  number,
  oneOf,
  positive,
  section,
  text,
  whole,
} from "./field.ts";
import { load } from "./load_schema.ts";
import { study } from "./study_schema.ts";

const fixed = "has no effect: the layout of the run directory is fixed";

const general = section({ name: fileName("the name of the run"), model_name: text().optional() });

const aws = section({
  region: text("the name of a region").optional(),
  sagemaker_execution_role: z.string().optional(),
  bucket: text("the name of a bucket").optional(),
  s3_and_or_local_file_system: oneOf(["s3", "local", "both"]).optional(),
  local_file_system_path: dormant(text(), fixed),
});

const dirPaths = section({
  data_prefix: dormant(text(), fixed, [defaults.dir_paths.data_prefix]),
  prompts_prefix: dormant(text(), fixed, [defaults.dir_paths.prompts_prefix]),
  all_prompts_file: dormant(text(), fixed, ["all_prompts.csv"]),
  metrics_dir: dormant(text(), fixed, [defaults.dir_paths.metrics_dir]),
  models_dir: dormant(text(), fixed, [defaults.dir_paths.models_dir]),
  metadata_dir: dormant(text(), fixed, ["metadata"]),
});

const s3ReadData = section({
  read_bucket: text("the name of a bucket").optional(),
  s3_or_local_file_system: oneOf(["s3", "local", "both"]).optional(),
  local_file_system_path: text("a folder").optional(),
  scripts_prefix: text("a folder").default(defaults.s3_read_data.scripts_prefix),
  script_files: dormant(list(text(), "file names"), "has no effect: a script is found by its name", [[
    "hf_token.txt",
  ]]),
  configs_prefix: text("a folder").default(defaults.s3_read_data.configs_prefix),
  config_files: dormant(list(text(), "file names"), "has no effect: `pricing` names the price file", [[
    "pricing.yml",
  ]]),
  source_data_prefix: text("a folder").default(defaults.s3_read_data.source_data_prefix),
  source_data_files: list(text("the path of a JSON Lines file"), "paths of JSON Lines files").min(1),
  tokenizer_prefix: text("a folder with tokenizer.json").optional(),
  prompt_template_dir: text("a folder").default(defaults.s3_read_data.prompt_template_dir),
  prompt_template_file: text("a file name").default(defaults.s3_read_data.prompt_template_file),
});

const filter = section({
  language: fileName("a language code, as in the data's `language` column").optional(),
  min_length_in_tokens: whole(0).default(defaults.datasets.filter.min_length_in_tokens),
  max_length_in_tokens: whole(1).optional(),
  payload_file: fileName("the name of a payload file").optional(),
});

const datasets = section({
  prompt_template_keys: list(text("the name of a column"), "column names").optional(),
  filters: list(filter, "filters").min(1).optional(),
  ground_truth_col_key: text("the name of a column").optional(),
  question_col_key: text("the name of a column").optional(),
  image_col: text("the name of a column").optional(),
  ds_N: whole(1).default(defaults.datasets.ds_N),
  max_iters_per_combination: whole(1).optional(),
  min_iters_per_combination: whole(1).optional(),
});

const metrics = section({
  dataset_of_interest: text("a part of the name of one payload file").optional(),
  weights: dormant(freeMap(), "has no effect; FMBench never read it either"),
});

const chart = "has no effect in this version: the charts choose their own labels";

const objectives = section({
  preset: oneOf(serviceLevelNames).optional(),
  ttft_ms: positive("milliseconds").optional(),
  tpot_ms: positive("milliseconds").optional(),
  e2e_ms: positive("milliseconds").optional(),
  response_ms: positive("milliseconds").optional(),
  share: fraction("the least fraction of requests that meet all of them").optional(),
});

const workload = section({
  requests_per_minute: positive("requests a minute").optional(),
  users: positive("users").optional(),
  requests_per_user_per_minute: positive("requests a minute").optional(),
  prompt_tokens: positive("tokens").optional(),
  output_tokens: positive("tokens").optional(),
  latency_seconds: positive("seconds").optional(),
});

const report = section({
  latency_budget: positive("seconds").default(defaults.report.latency_budget),
  latency_statistic: oneOf(["p50", "p95", "p99", "mean"]).default(defaults.report.latency_statistic),
  objectives: objectives.optional(),
  workload: workload.optional(),
  cost_per_10k_txn_budget: amount("an amount in the currency of the price file").optional(),
  error_rate_budget: fraction("the greatest fraction of failed requests").default(
    defaults.report.error_rate_budget,
  ),
  accuracy_budget: fraction("the least fraction of right answers").optional(),
  latency_latitude: dormant(number(), "has no effect: latencies are held to latency_budget itself"),
  cosine_similarity_budget: similarity("the least mean similarity to the right answers").optional(),
  accuracy_error_rate_budget: fraction("the greatest fraction of answers without a verdict").optional(),
  generate_html_report: dormant(flag(), "has no effect: report.html is always written", [true]),
  per_inference_request_file: dormant(text(), fixed, ["per_inference_request_results.csv"]),
  all_metrics_file: dormant(text(), fixed, ["all_metrics.csv"]),
  txn_count_for_showing_cost: dormant(whole(1), "has no effect: costs are shown for 1 and for 10,000", [
    10000,
  ]),
  v_shift_w_single_instance: dormant(number(), chart),
  v_shift_w_gt_one_instance: dormant(number(), chart),
  latency_vs_token_len_chart: dormant(
    section({ title: text().optional(), y_ticks: z.unknown().optional() }),
    chart,
  ),
  title: dormant(text(), "has no effect: the report is called after the run"),
});

const limits = section({
  dollars: positive("an amount in the currency of the price file").optional(),
  requests: whole(1).optional(),
  minutes: positive("minutes").optional(),
});

/** Whom what is created belongs to, and until when: tags by which `fmbench cleanup --orphans` finds what is left. */
const deployment = section({
  owner: text("a name or an address").optional(),
  expires_hours: positive("hours").default(defaults.deployment.expires_hours),
  continue_without_failed: flag().default(defaults.deployment.continue_without_failed),
});

/** What is read of machines and servers while load is sent. */
const utilisation = section({
  enabled: flag().default(defaults.utilisation.enabled),
  interval_seconds: positive("seconds").default(defaults.utilisation.interval_seconds),
});

/** A whole config file. Empty keys are taken out before it is asked. */
export const configSchema = section({
  extends: text("the path or address of another config").optional(),
  general,
  aws: aws.prefault({}),
  dir_paths: dirPaths.prefault({}),
  s3_read_data: s3ReadData,
  run_steps: z.record(z.string(), flag())
    .register(fieldNotes, { expected: "a map of notebook names to yes or no" }).optional(),
  datasets: datasets.prefault({}),
  metrics: metrics.prefault({}),
  pricing: text("the name of a price file, in which instance_based and token_based stand").default(
    defaults.pricing,
  ),
  inference_parameters: z.record(z.string(), freeMap())
    .register(fieldNotes, { expected: "a map of parameter sets" }).default({}),
  experiments: list(experiment, "experiments").min(1),
  load: load.prefault({}),
  study: study.optional(),
  limits: limits.prefault({}),
  report: report.prefault({}),
  model_evaluations: text("the name of a file that names the judges").optional(),
  evaluation: evaluation.prefault({}),
  deployment: deployment.prefault({}),
  utilisation: utilisation.prefault({}),
  certify: flag().default(defaults.certify),
  preflight: flag().default(defaults.preflight),
});

/** A config as it is written, with the defaults that depend on nothing else. */
export type WrittenConfig = z.output<typeof configSchema>;
