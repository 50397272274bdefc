/** What a config says of a deployment, with the run's own keys where the experiment says nothing. */

import type { DeploymentSpec } from "../core/mod.ts";
import type { Config, Experiment, Frozen } from "./config.ts";
import { deployerOf } from "./deployment_script.ts";

/**
 * The deployment of an experiment; null where nothing is deployed by a script (`deploy: no`, or a `simulate:` section).
 * FMBench's `ec2.model_loading_timeout` is `ready_timeout_seconds` under another name.
 */
export function deploymentSpecOf(config: Config, experiment: Frozen<Experiment>): DeploymentSpec | null {
  const { deploy, simulate, deployment_script, inference_spec, ec2, eks, process } = experiment;
  const script = deployment_script === undefined ? null : deployerOf(deployment_script);
  if (!deploy || simulate !== null || script === null) return null;
  const role = experiment.sagemaker_execution_role || config.aws.sagemaker_execution_role;
  return {
    script: script.module,
    own: script.own,
    image_uri: experiment.image_uri ?? null,
    model_version: experiment.model_version ?? "*",
    env: textsOf(experiment.env ?? {}),
    serving_properties: experiment["serving.properties"] ?? null,
    accept_eula: experiment.accept_eula ?? false,
    bucket: experiment.bucket ?? config.aws.bucket ?? null,
    prefix: experiment.prefix ?? null,
    role_arn: role || null,
    production_variant_name: experiment.production_variant_name ?? "AllTraffic",
    model_data: experiment.model_data ?? null,
    model_s3_path: experiment.model_s3_path ?? null,
    download_from_hf_place_in_s3: experiment.download_from_hf_place_in_s3 ?? false,
    ready_timeout_seconds: experiment.ready_timeout_seconds ?? ec2?.model_loading_timeout ?? null,
    container: {
      type: inference_spec.container_type ?? null,
      model_copies: inference_spec.model_copies ?? 1,
      tp_degree: inference_spec.tp_degree ?? null,
      batch_size: inference_spec.batch_size ?? null,
      shm_size: textOrNull(inference_spec.shm_size),
      backend: inference_spec.backend ?? null,
      container_params: inference_spec.container_params ?? {},
      cli_params: inference_spec.cli_params ?? null,
      balancer: inference_spec.balancer ?? "client",
    },
    ec2: {
      privileged_mode: ec2?.privileged_mode ?? false,
      any_machine: ec2?.any_machine ?? false,
      container_engine: ec2?.container_engine ?? null,
      launch: launchOf(ec2?.launch),
      batch_size: textOrNull(ec2?.batch_size),
      num_neuron_cores: textOrNull(ec2?.num_neuron_cores),
      neuron_version: textOrNull(ec2?.neuron_version),
    },
    eks: {
      cluster_name: eks?.eks_cluster_name ?? null,
      namespace: eks?.eks_model_namespace ?? null,
      manifest_dir: eks?.manifest_dir ?? null,
      manifest_file: eks?.manifest_file ?? null,
      kubeconfig: eks?.kubeconfig ?? null,
      context: eks?.context ?? null,
      service_url: eks?.service_url ?? null,
    },
    process: process === undefined ? null : {
      command: process.command,
      cwd: process.cwd ?? null,
      health_path: process.health_path ?? "/health",
      base_path: process.base_path ?? null,
    },
    metrics_url: experiment.metrics_url ?? null,
  };
}

type Ec2 = NonNullable<Frozen<Experiment>["ec2"]>;

function launchOf(launch: Ec2["launch"]): DeploymentSpec["ec2"]["launch"] {
  if (launch === undefined) return null;
  return {
    ami: launch.ami ?? null,
    subnet_id: launch.subnet_id ?? null,
    security_group_ids: launch.security_group_ids ?? [],
    caller_cidr: launch.caller_cidr ?? null,
    instance_profile: launch.instance_profile ?? null,
    volume_gb: launch.volume_gb ?? null,
    spot: launch.spot ?? false,
    port: launch.port ?? null,
    user_data: launch.user_data ?? null,
    hf_token_parameter: launch.hf_token_parameter ?? null,
    health_path: launch.health_path ?? null,
  };
}

type Scalar = string | number | boolean;

const textOrNull = (value: Scalar | undefined) => value === undefined ? null : String(value);

/** Containers take texts; a variable that is set to nothing is left out. */
function textsOf(env: Readonly<Record<string, Scalar | null>>): Record<string, string> {
  const said = Object.entries(env).filter((entry): entry is [string, Scalar] => entry[1] !== null);
  return Object.fromEntries(said.map(([name, value]) => [name, String(value)]));
}
