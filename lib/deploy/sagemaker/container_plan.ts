/** The container behind an endpoint, for each of the deployment scripts: image, environment, model. Pure. */

import { type DeploymentSpec, isSecretName } from "../../core/mod.ts";
import { machineOfType } from "../containers/instance_types.ts";
import type { Experiment, PlanContext } from "../deployer.ts";
import { givenData, type ModelData, modelPath } from "./model_data.ts";
import { neuronRefusal } from "./neuron.ts";
import { refusal } from "./refusal.ts";

/** What an endpoint's model is made of. */
export interface ContainerPlan {
  /** For people: `DJL Serving`. */
  readonly said: string;
  /** null: JumpStart's spec says. */
  readonly image: string | null;
  /** As in the config: `${NAME}` stands for a variable of our environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Variables that get the token of the Hugging Face Hub. */
  readonly token_variables: readonly string[];
  /** Where it finds the model; null: in its artefact, by its environment, or JumpStart's spec says. */
  readonly data: ModelData | null;
  /** Content of `serving.properties`, which goes into an artefact of our own; null: there is none. */
  readonly properties: string | null;
  /** A model of the Hub that is placed in S3 before. */
  readonly snapshot: { readonly repo: string; readonly address: string } | null;
  readonly jumpstart: { readonly model_id: string; readonly version: string } | null;
  /** How long the container may take to be healthy; null: not said. */
  readonly startup_s: number | null;
  readonly notes: readonly string[];
}

type Given = readonly [experiment: Experiment, spec: DeploymentSpec, context: PlanContext];

const none = {
  token_variables: [],
  data: null,
  properties: null,
  snapshot: null,
  jumpstart: null,
  startup_s: null,
  notes: [],
} as const;

/** Names under which servers look for the token of the Hub. */
const hubVariables = ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"];

const byScript: Readonly<Record<string, (...given: Given) => ContainerPlan>> = {
  sagemaker_jumpstart: jumpStart,
  sagemaker_model: generic,
  sagemaker_djl: djl,
  sagemaker_tgi: tgi,
  sagemaker_neuron: neuron,
};

/** Deployment scripts that have a container here. */
export const scripts: readonly string[] = Object.keys(byScript);

/** The container of an experiment. Throws UserError: a refusal, and what to write. */
export function containerPlan(...[experiment, spec, context]: Given): ContainerPlan {
  refuseSecrets(experiment.name, spec.env);
  return byScript[spec.script]!(experiment, spec, context);
}

function refuseSecrets(experiment: string, env: DeploymentSpec["env"]): void {
  const literal = Object.entries(env).find(([name, value]) =>
    /^hf_\w{10,}$/.test(value) || (isSecretName(name) && value !== "" && !/\$\{\w+\}/.test(value))
  );
  if (literal === undefined) return;
  throw refusal(
    experiment,
    `env.${literal[0]} holds a secret`,
    `\${${literal[0]}} there, and the secret in the environment`,
  );
}

function imageOf(experiment: string, { image_uri, script }: DeploymentSpec): string {
  if (image_uri !== null) return image_uri;
  const example = script === "sagemaker_tgi"
    ? "huggingface-pytorch-tgi-inference:..."
    : script === "sagemaker_model"
    ? "NAME:TAG"
    : "djl-inference:...";
  throw refusal(
    experiment,
    "no container image is said",
    `image_uri: 763104351884.dkr.ecr.REGION.amazonaws.com/${example}`,
  );
}

function jumpStart(
  { model_id }: Experiment,
  { image_uri, env, model_version }: DeploymentSpec,
): ContainerPlan {
  return {
    ...none,
    said: "JumpStart",
    image: image_uri,
    env,
    jumpstart: { model_id, version: model_version },
    notes: [
      "JumpStart's spec of the model is looked up at the time: it says the artefact and what else is not given",
    ],
  };
}

function generic({ name }: Experiment, spec: DeploymentSpec): ContainerPlan {
  return {
    ...none,
    said: "a container of its own",
    image: imageOf(name, spec),
    env: spec.env,
    data: givenData(name, spec),
  };
}

function snapshotOf({ name, model_id }: Experiment, spec: DeploymentSpec): ContainerPlan["snapshot"] {
  if (!spec.download_from_hf_place_in_s3) return null;
  const address = modelPath(name, spec);
  if (address === null) {
    throw refusal(
      name,
      "download_from_hf_place_in_s3 does not say where to place the model",
      "model_s3_path: s3://bucket/prefix",
    );
  }
  if (!/^[\w.-]+\/[\w.-]+$/.test(model_id)) {
    throw refusal(name, `model_id is ${model_id}`, "a model of the Hugging Face Hub, org/name");
  }
  return { repo: model_id, address: address.replace(/\/+$/, "") };
}

/** Token variables of a container that fetches its model from the Hub. */
function tokens(model: string | null, env: DeploymentSpec["env"], { has_hub_token }: PlanContext): string[] {
  const local = model === null || /^(s3:|\/)/.test(model);
  return local || !has_hub_token ? [] : hubVariables.filter((name) => env[name] === undefined);
}

const tokenNote =
  "whoever may call sagemaker:DescribeModel in the account can read the Hub's token in its environment";

function withTokens(token_variables: readonly string[], notes: readonly string[]) {
  return { token_variables, notes: token_variables.length === 0 ? notes : [...notes, tokenNote] };
}

function djl(...[experiment, spec, context]: Given): ContainerPlan {
  const { name, model_id } = experiment;
  const image = imageOf(name, spec);
  const snapshot = snapshotOf(experiment, spec);
  const model = modelPath(name, spec) ?? model_id;
  const common = { ...none, said: "DJL Serving", image, snapshot };
  const { serving_properties, env, model_data, bucket } = spec;
  if (serving_properties === null || serving_properties.trim() === "") {
    if (model_data !== null) return { ...common, env, data: givenData(name, spec) };
    const own = env["HF_MODEL_ID"] ?? env["OPTION_MODEL_ID"];
    return {
      ...common,
      env: own === undefined ? { HF_MODEL_ID: model, ...env } : env,
      ...withTokens(tokens(own ?? model, env, context), []),
    };
  }
  if (model_data !== null) {
    throw refusal(
      name,
      "it has serving.properties and model_data, and a container takes one of them",
      "serving.properties in the folder of model_data, or model_s3_path in place of model_data",
    );
  }
  const text = serving_properties.trim().replaceAll("{write_bucket}", bucket ?? "{write_bucket}");
  const said = /^\s*option\.(?:model_id|s3url)\s*=\s*(.+?)\s*$/m.exec(text)?.[1];
  const notes = said !== undefined && said !== model && modelPath(name, spec) !== null
    ? [`serving.properties names ${said}; model_s3_path is not read`]
    : [];
  const named = said ?? env["HF_MODEL_ID"] ?? env["OPTION_MODEL_ID"] ?? model;
  return {
    ...common,
    env,
    properties: `${said === undefined && named === model ? `${text}\noption.model_id=${model}` : text}\n`,
    ...withTokens(tokens(named, env, context), notes),
  };
}

/** Keys of `env` that FMBench's script for TGI reads itself. */
const scriptKeys = ["NUMBER_OF_GPU", "INSTANCE_COUNT", "HEALTH_CHECK_TIMEOUT"];

function tgi(...[experiment, spec, context]: Given): ContainerPlan {
  const { name, model_id, instance_type, instance_count } = experiment;
  const { INSTANCE_COUNT: count, NUMBER_OF_GPU: gpus, HEALTH_CHECK_TIMEOUT: startup } = spec.env;
  if (count !== undefined && Number(count) !== instance_count) {
    throw refusal(
      name,
      `env.INSTANCE_COUNT is ${count}, and instance_count is ${instance_count}`,
      `instance_count: ${count}, or no env.INSTANCE_COUNT`,
    );
  }
  if (startup !== undefined && !(Number(startup) > 0)) {
    throw refusal(name, `env.HEALTH_CHECK_TIMEOUT is ${startup}`, "seconds; better in ready_timeout_seconds");
  }
  const env = Object.fromEntries(Object.entries(spec.env).filter(([key]) => !scriptKeys.includes(key)));
  const data = givenData(name, spec);
  const model = env["HF_MODEL_ID"] ?? (data === null ? model_id : "/opt/ml/model");
  const degree = env["SM_NUM_GPUS"] ?? gpus ?? spec.container.tp_degree ??
    machineOfType(instance_type.replace(/^ml\./, ""))?.accelerators;
  if (degree === undefined || Number(degree) === 0) {
    throw refusal(
      name,
      `nothing says over how many GPUs of ${instance_type} the model is spread`,
      'env.SM_NUM_GPUS: "1", or another number',
    );
  }
  return {
    ...none,
    said: "Text Generation Inference",
    image: imageOf(name, spec),
    env: { ...env, HF_MODEL_ID: model, SM_NUM_GPUS: String(degree) },
    data,
    snapshot: snapshotOf(experiment, spec),
    startup_s: startup === undefined ? null : Number(startup),
    ...withTokens(tokens(model, env, context), []),
  };
}

function neuron(...[experiment, spec, context]: Given): ContainerPlan {
  if (spec.model_data === null && modelPath(experiment.name, spec) === null) {
    throw neuronRefusal(experiment, spec);
  }
  return { ...djl(experiment, spec, context), said: "DJL Serving on Neuron" };
}
