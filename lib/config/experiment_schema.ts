/** The schema of one entry of `experiments`. */

import { z } from "zod";
import { defaults } from "./defaults.ts";
import { faults } from "./fault_schema.ts";
import {
  amount,
  dormant,
  flag,
  fraction,
  freeMap,
  list,
  oneOf,
  scalar,
  section,
  text,
  values,
  whole,
} from "./field.ts";
import { ownLoad } from "./load_schema.ts";
import { rest } from "./rest_schema.ts";

const deployment = "has no effect in this version: it belongs to a deployment that is not available yet";
const container =
  "has no effect in this version: it belongs to a serving container that is not available yet";
const dead = "has no effect; FMBench never read it either";

const inferenceSpec = section({
  parameter_set: text("the name of a set in inference_parameters").optional(),
  parameters: freeMap().optional(),
  stream: flag().optional(),
  api_key_env: text("the name of an environment variable").optional(),
  headers: values().optional(),
  system_prompt: text().optional(),
  chat_template: flag().optional(),
  body: oneOf(["generate", "messages", "completions", "embeddings"]).optional(),
  flat_parameters: flag().optional(),
  parameters_as_text: flag().optional(),
  inference_component: text("the name of an inference component").optional(),
  target_variant: text("the name of a production variant").optional(),
  target_model: text("the file name of a model").optional(),
  latency_mode: oneOf(["standard", "optimized"]).optional(),
  service_tier: text("the name of a service tier").optional(),
  prompt_caching: flag().optional(),
  additional_model_request_fields: freeMap().optional(),
  rest: rest.optional(),
  container_type: text("the name of a container").optional(),
  model_id: text("the model's name in the body of a request").optional(),
  inference_url_format: text("what stands between the URL and the prompt").optional(),
  model_copies: dormant(scalar(), container),
  tp_degree: dormant(scalar(), container),
  batch_size: dormant(scalar(), container),
  shm_size: dormant(scalar(), container),
  backend: dormant(text(), container),
  container_params: dormant(freeMap(), container),
  cli_params: dormant(text(), container),
  start_token: dormant(z.string(), dead),
  stop_token: dormant(z.string(), "has no effect: an answer ends where its server says so"),
  split_input_and_parameters: dormant(
    flag(),
    "has no effect: the prompt and its parameters go in one body, `{inputs, parameters}`",
    [false],
  ),
  timeout: dormant(scalar(), "has no effect: `load.timeout_seconds` is the limit"),
  auth: dormant(
    z.unknown(),
    "has no effect: `headers` carry credentials, as in `Authorization: Bearer ${NAME}` with a variable of the environment",
  ),
  model_loading_timeout: dormant(scalar(), dead),
  context_len: dormant(scalar(), dead),
  n_positions: dormant(scalar(), dead),
  neuron_config: dormant(freeMap(), dead),
  vllm_model_params: dormant(freeMap(), dead),
  max_new_tokens: dormant(scalar(), dead),
});

const ec2 = section({
  model_loading_timeout: dormant(scalar(), deployment),
  privileged_mode: dormant(flag(), deployment),
  batch_size: dormant(scalar(), deployment),
  num_neuron_cores: dormant(scalar(), deployment),
  neuron_version: dormant(scalar(), deployment),
  instance_count: dormant(scalar(), deployment),
  gpu_or_neuron_setting: dormant(text(), dead),
});

const eks = section({
  eks_cluster_name: dormant(text(), deployment),
  eks_model_namespace: dormant(text(), deployment),
  manifest_dir: dormant(text(), deployment),
  manifest_file: dormant(text(), deployment),
});

const simulate = section({
  profile: text("the name of a timing profile of the embedded endpoint"),
  accuracy: fraction("the probability of a right answer").default(defaults.simulate.accuracy),
  seed: whole(0).optional(),
  faults: faults.optional(),
});

const perThousand = amount("a price per 1,000 tokens");

/** One endpoint and what is sent to it. */
export const experiment = section({
  name: text("a name that no other experiment has"),
  model_id: text("the model's name at the endpoint").optional(),
  model_name: text().optional(),
  ep_name: text("the base URL of the endpoint").optional(),
  region: text("the name of a region").optional(),
  instance_type: text("a key of the price file").optional(),
  instance_count: whole(1).default(defaults.experiment.instance_count),
  model_units: whole(1).optional(),
  price_per_hour: amount("a price per hour of one instance").optional(),
  price_per_1k_tokens: perThousand.optional(),
  price_per_1k_input_tokens: perThousand.optional(),
  price_per_1k_output_tokens: perThousand.optional(),
  deploy: flag().optional(),
  inference_script: text("the name of a predictor, or the path of a TypeScript module").default(
    defaults.experiment.inference_script,
  ),
  inference_spec: inferenceSpec.prefault({}),
  payload_files: list(text("the name of a payload file"), "payload files").min(1).optional(),
  concurrency_levels: list(whole(1), "whole numbers, 1 or more").min(1).optional(),
  simulate: simulate.optional(),
  load: section(ownLoad).partial().optional(),
  deployment_script: text("the name of a deployer, or the path of a TypeScript module").optional(),
  env: dormant(freeMap(), deployment),
  ec2: ec2.optional(),
  eks: eks.optional(),
  image_uri: dormant(text(), deployment),
  model_version: dormant(text(), deployment),
  hf_tokenizer_model_id: text("a model as the Hub names it, org/name").optional(),
  tokenizer_prefix: text("a folder with tokenizer.json").optional(),
  prompt_template_file: text("a file name").optional(),
  prompt_template_keys: list(text("the name of a column"), "column names").optional(),
  "serving.properties": dormant(z.string(), deployment),
  accept_eula: dormant(flag(), deployment),
  bucket: dormant(text(), deployment),
  prefix: dormant(text(), deployment),
  sagemaker_execution_role: dormant(z.string(), deployment),
  model_s3_path: dormant(text(), deployment),
  download_from_hf_place_in_s3: dormant(scalar(), deployment),
  model_data: dormant(freeMap(), deployment),
  production_variant_name: dormant(text(), deployment),
  use_messages_api_format: flag().optional(),
  additional_metadata: dormant(text(), dead),
  hf_model_id: dormant(text(), dead),
  model_id_wo_repo: dormant(text(), dead),
  model_id_wo_repo_split: dormant(text(), dead),
});
