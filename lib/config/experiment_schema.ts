/** The schema of one entry of `experiments`. */

import { z } from "zod";
import { defaults } from "./defaults.ts";
import { faults } from "./fault_schema.ts";
import {
  amount,
  dormant,
  fieldNotes,
  flag,
  fraction,
  freeMap,
  list,
  numeral,
  oneOf,
  scalar,
  section,
  text,
  values,
  whole,
} from "./field.ts";
import { ownLoad } from "./load_schema.ts";
import { rest } from "./rest_schema.ts";

const dead = "has no effect; FMBench never read it either";

/** Copies of a model on a machine: as many as are said, as fit, or as the container makes of the machine. */
const copies = z.union([z.enum(["max", "auto"]), numeral(1)]).register(fieldNotes, {
  expected: "a whole number, 1 or more, or max, or auto",
});

/** Two of FMBench's configs say no as Python does. */
const flagOrNone = z.union([z.boolean(), z.literal("None").transform(() => false)]).register(fieldNotes, {
  expected: "yes or no",
});

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
  model_copies: copies.optional(),
  tp_degree: numeral(1).optional(),
  batch_size: numeral(0).optional(),
  shm_size: scalar().optional(),
  backend: text("a backend of Triton").optional(),
  container_params: freeMap().optional(),
  cli_params: text("arguments of the server").optional(),
  balancer: oneOf(["client", "nginx"]).optional(),
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

/** Instances that the run launches; without this section containers run on this machine. */
const launch = section({
  ami: text("ami-..., or the name of an SSM parameter that holds one").optional(),
  subnet_id: text("the id of a subnet").optional(),
  security_group_ids: list(text("the id of a security group"), "ids of security groups").optional(),
  caller_cidr: text("a range of addresses, like 203.0.113.7/32").optional(),
  instance_profile: text("the name or ARN of an instance profile").optional(),
  volume_gb: whole(8).optional(),
  spot: flag().optional(),
  port: whole(1).optional(),
  user_data: text("a shell script that starts the server").optional(),
  hf_token_parameter: text("the name of an SSM parameter").optional(),
  health_path: text("a path that answers 200 when the server is ready").optional(),
});

const ec2 = section({
  model_loading_timeout: numeral(1).optional(),
  privileged_mode: flag().optional(),
  any_machine: flag().optional(),
  container_engine: oneOf(["docker", "podman"]).optional(),
  launch: launch.optional(),
  batch_size: scalar().optional(),
  num_neuron_cores: scalar().optional(),
  neuron_version: scalar().optional(),
  instance_count: dormant(scalar(), "has no effect: `instance_count` of the experiment counts"),
  gpu_or_neuron_setting: dormant(text(), dead),
});

const eks = section({
  eks_cluster_name: text("the name of a cluster").optional(),
  eks_model_namespace: text("a namespace").optional(),
  manifest_dir: text("a folder").optional(),
  manifest_file: text("a file of manifests").optional(),
  kubeconfig: text("the path of a kubeconfig").optional(),
  context: text("a context of the kubeconfig").optional(),
  service_url: text("the base URL of the service").optional(),
});

const serverProcess = section({
  command: list(text("an argument"), "the program and its arguments").min(1),
  cwd: text("a folder").optional(),
  health_path: text("a path that answers 200 when the server is ready").optional(),
  base_path: text("the path that requests are sent to").optional(),
});

const factor = (of: string) =>
  z.number().min(0.01).max(100).register(fieldNotes, { expected: `${of}, from 0.01 to 100` });

/** An embedded endpoint. */
export const simulate = section({
  profile: text("the name of a timing profile of the embedded endpoint"),
  accuracy: fraction("the probability of a right answer").default(defaults.simulate.accuracy),
  seed: whole(0).optional(),
  optimized: section({
    ttft_factor: factor("what the time to the first token is multiplied by").default(1),
    speed_factor: factor("what the tokens a second are multiplied by").default(1),
  }).optional(),
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
  env: values().optional(),
  ec2: ec2.optional(),
  eks: eks.optional(),
  process: serverProcess.optional(),
  ready_timeout_seconds: whole(1).optional(),
  metrics_url: text("the URL of the server's own metrics").optional(),
  image_uri: text("a container image").optional(),
  model_version: text("a version, or a pattern such as 3.*").optional(),
  hf_tokenizer_model_id: text("a model as the Hub names it, org/name").optional(),
  tokenizer_prefix: text("a folder with tokenizer.json").optional(),
  prompt_template_file: text("a file name").optional(),
  prompt_template_keys: list(text("the name of a column"), "column names").optional(),
  "serving.properties": z.string().optional(),
  accept_eula: flag().optional(),
  bucket: text("the name of a bucket").optional(),
  prefix: text("a prefix of keys in the bucket").optional(),
  sagemaker_execution_role: z.string().optional(),
  model_s3_path: text("s3://bucket/prefix").optional(),
  download_from_hf_place_in_s3: flagOrNone.optional(),
  model_data: freeMap().optional(),
  production_variant_name: text("the name of a production variant").optional(),
  use_messages_api_format: flag().optional(),
  additional_metadata: dormant(text(), dead),
  hf_model_id: dormant(text(), dead),
  model_id_wo_repo: dormant(text(), dead),
  model_id_wo_repo_split: dormant(text(), dead),
});
