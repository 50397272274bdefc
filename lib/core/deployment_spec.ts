/** What a config says of the deployment of one experiment, settled, in the config's own words. */

/** Everything is null, empty or the default where the config says nothing. */
export interface DeploymentSpec {
  /** The deployer: a name of `deploymentScripts`, or the absolute path of the user's own module. */
  readonly script: string;
  /** Whether `script` is the user's own module. */
  readonly own: boolean;
  readonly image_uri: string | null;
  /** JumpStart: a version, or a pattern such as `3.*`. @default "*" */
  readonly model_version: string;
  /** Environment of the container or process. `${NAME}` in a value stands for a variable of our environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The text of `serving.properties`. */
  readonly serving_properties: string | null;
  readonly accept_eula: boolean;
  /** Where model artefacts are uploaded. */
  readonly bucket: string | null;
  readonly prefix: string | null;
  /** The role that SageMaker takes on. */
  readonly role_arn: string | null;
  readonly production_variant_name: string;
  /** `model_data.S3DataSource` of the config, under SageMaker's own keys; or a URI of a tar file. */
  readonly model_data: Readonly<Record<string, unknown>> | string | null;
  readonly model_s3_path: string | null;
  readonly download_from_hf_place_in_s3: boolean;
  /** How long an endpoint may take to be ready; null: the target's own limit. */
  readonly ready_timeout_seconds: number | null;
  readonly container: ContainerSpec;
  readonly ec2: Ec2Spec;
  readonly eks: EksSpec;
  readonly process: ProcessSpec | null;
  /** Where the server says how it is doing, in Prometheus' text form; null: where its kind has it, or nowhere. */
  readonly metrics_url: string | null;
}

/** A serving container on this machine. */
export interface ContainerSpec {
  /** `container_type`: djl (default), vllm, vllm_gpu, sglang, triton, tgi, ollama, llama_cpp; as it is written. */
  readonly type: string | null;
  /** Copies of the model: a whole number, `max` (as many as fit), `auto` (the container decides). @default 1 */
  readonly model_copies: number | "max" | "auto";
  /** Accelerators (GPUs, Neuron cores) that a copy is spread over; null: not said. */
  readonly tp_degree: number | null;
  readonly batch_size: number | null;
  /** As docker writes it: `12g`. */
  readonly shm_size: string | null;
  /** Triton on Neuron: djl or vllm. */
  readonly backend: string | null;
  readonly container_params: Readonly<Record<string, unknown>>;
  /** Further arguments of the server, split as a shell would, never run by one. */
  readonly cli_params: string | null;
  /** Who shares requests among the copies: the client (least in flight) or nginx (least connections). */
  readonly balancer: "client" | "nginx";
}

export interface Ec2Spec {
  readonly privileged_mode: boolean;
  /** Whether the run may go on where this machine's type is not `instance_type`. */
  readonly any_machine: boolean;
  /** The command that runs containers; null: docker, or else podman, whichever is there. */
  readonly container_engine: "docker" | "podman" | null;
  /** Instances are launched only where the config has this section; null: containers run on this machine. */
  readonly launch: LaunchSpec | null;
  /** FMBench's keys for the compilation for Neuron. */
  readonly batch_size: string | null;
  readonly num_neuron_cores: string | null;
  readonly neuron_version: string | null;
}

/** Instances of EC2 that the run launches. */
export interface LaunchSpec {
  /** `ami-...`, or the name of an SSM parameter (`/aws/service/...` or `resolve:ssm:/aws/service/...`); null: by instance type. */
  readonly ami: string | null;
  readonly subnet_id: string | null;
  /** Security groups that exist; empty: one is made that lets in the caller's address only. */
  readonly security_group_ids: readonly string[];
  /** Who may reach the server, as CIDR; null: the address that AWS sees this machine at. */
  readonly caller_cidr: string | null;
  /** Name or ARN of an instance profile, e.g. to pull from ECR; null: none. */
  readonly instance_profile: string | null;
  readonly volume_gb: number | null;
  readonly spot: boolean;
  /** Port of the server on the instance. */
  readonly port: number | null;
  /** A shell script that starts the server, instead of the one for the container; null: ours. */
  readonly user_data: string | null;
  /** SSM parameter (SecureString) that holds the Hugging Face token, read on the instance; a token is never part of user data. */
  readonly hf_token_parameter: string | null;
  /** Path that answers 200 when the server is ready; null: that of the container. */
  readonly health_path: string | null;
}

export interface EksSpec {
  readonly cluster_name: string | null;
  readonly namespace: string | null;
  readonly manifest_dir: string | null;
  readonly manifest_file: string | null;
  /** null: `KUBECONFIG`, `~/.kube/config`, or, with `cluster_name`, the cluster's own address and a token signed for it. */
  readonly kubeconfig: string | null;
  readonly context: string | null;
  /** Base URL in place of the ingress's. */
  readonly service_url: string | null;
}

/** A server that is started on this machine as a child process. */
export interface ProcessSpec {
  /** Program and arguments; `{port}` in an argument stands for the port that was chosen. */
  readonly command: readonly string[];
  /** Working folder; null: the config's. */
  readonly cwd: string | null;
  /** Path that answers 200 when the server is ready. @default "/health" */
  readonly health_path: string;
  /** Path behind the server's origin that requests are sent to, e.g. `/v1`. @default that of the protocol */
  readonly base_path: string | null;
}
