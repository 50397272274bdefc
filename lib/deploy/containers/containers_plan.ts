/** What containers are to be run on a machine for one experiment: pure data, made without a look at any machine. */

import type { Ownership } from "../ownership.ts";

/** What a machine has to give to containers. */
export interface Machine {
  /** What servers run on; a machine with neither GPUs nor Neuron devices is `cpu`. */
  readonly kind: "gpu" | "neuron" | "cpu";
  /** GPUs, or Neuron devices; 0 on `cpu`. */
  readonly accelerators: number;
  /** Neuron cores that an application sees on a device: 2 on inf2 and trn1, 4 on trn2; elsewhere 1. */
  readonly cores_per_device: number;
  /** vCPUs: hardware threads. */
  readonly cpus: number;
  /** With 2, threads `n` and `n + cpus / 2` share a core, as Linux numbers them on EC2. @default 1 */
  readonly threads_per_core?: 1 | 2;
  readonly memory_gib: number | null;
  /** null: not an instance of EC2, or not known. */
  readonly instance_type: string | null;
}

/** A file or folder of the host in a container. */
export interface Mount {
  /** Relative to the folder that `files` are written to, or absolute. */
  readonly source: string;
  readonly target: string;
  readonly read_only: boolean;
}

/** Where a server keeps what it downloads. Whoever runs it puts a folder of the host there; without one it downloads each time. */
export interface Cache {
  /** `hub`: the layout of the Hugging Face Hub's `HF_HOME`. */
  readonly kind: "hub" | "ollama" | "llama_cpp";
  /** Folder in the container. */
  readonly target: string;
}

/** One container. */
export interface ContainerRun {
  readonly name: string;
  readonly image: string;
  /** Behind the image: its own entry point takes them. */
  readonly arguments: readonly string[];
  /** No secrets. `${NAME}` in a value stands for a variable of our environment and is not expanded here. */
  readonly env: Readonly<Record<string, string>>;
  /** Variables whose values are secret: those of the environment of whoever runs it. */
  readonly secrets: readonly string[];
  /** Published at `address` of the host; empty with `host_network`. */
  readonly ports: readonly { readonly address: string; readonly host: number; readonly container: number }[];
  readonly host_network: boolean;
  readonly mounts: readonly Mount[];
  readonly cache: Cache | null;
  /** `/dev/neuron0`, ... */
  readonly devices: readonly string[];
  /** By the index that `nvidia-smi` gives; null: none. */
  readonly gpus: readonly number[] | "all" | null;
  /** Threads of the processor that it may run on: `0-15`; null: all. */
  readonly cpus: string | null;
  /** `12g`; null: the engine's own, 64 MB. */
  readonly shm_size: string | null;
  readonly ipc_host: boolean;
  readonly privileged: boolean;
  readonly user: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** Commands that are run in it, one after another, once it is healthy and before requests are sent. */
  readonly prepare: readonly (readonly string[])[];
  /** Answers 200 when the server is ready. */
  readonly health_path: string;
  /** Its counters in Prometheus' text form, on the same port unless `metrics_port` says another; null: it has none. */
  readonly metrics_path: string | null;
  /** Port of the host. */
  readonly metrics_port: number | null;
}

/** An image, and where it comes from. */
export interface Image {
  readonly image: string;
  /** `ecr`: pulling it takes a login at Amazon ECR. `local`: it is built on the machine, and in no registry. */
  readonly source: "ecr" | "registry" | "local";
  /** What has to be run before, where the image is built on the machine; null: nothing. */
  readonly build_first: string | null;
}

/** A file that containers read. */
export interface ContainerFile {
  /** Relative. */
  readonly path: string;
  readonly content: string;
  /** @default 0o644 */
  readonly mode?: number;
}

export interface ContainersPlan {
  /** For people: `DJL Serving, 4 copies on 2 GPUs each`. */
  readonly target: string;
  readonly copies: readonly ContainerRun[];
  /** Shares requests among the copies; null: the client does, or there is one copy. */
  readonly balancer: ContainerRun | null;
  readonly files: readonly ContainerFile[];
  readonly images: readonly Image[];
  /** Where requests go: the balancer's, or that of the first copy. */
  readonly host_port: number;
  /** Base URLs of the copies, as `http://127.0.0.1:8000/v1`. */
  readonly urls: readonly string[];
  /** What follows the origin in the URLs: `/v1`, or nothing. */
  readonly base_path: string;
  readonly needs: readonly string[];
  /** What a person should know: what is wasted, what can't be repeated. */
  readonly notes: readonly string[];
}

/** Whose containers they are. */
export interface ContainersRun {
  readonly run_id: string;
  readonly ownership: Ownership;
}

export { containersPlan, hostPort } from "./planning.ts";
export { commandOf, type Engine, type Places, planActions, variablesOfOurs } from "./command.ts";
export { ecrRegistry } from "./image.ts";
export { machineOfType } from "./instance_types.ts";
