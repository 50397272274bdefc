/** vLLM's OpenAI-compatible server: `vllm_gpu`, and `vllm` on processors as FMBench calls it. */

import type { Share } from "../copies.ts";
import { refusal } from "../refusal.ts";
import { degreesOfFlags, type Server, type Setting } from "../server.ts";

const degreeFlags = ["--tensor-parallel-size", "-tp"];
const cache = { kind: "hub", target: "/root/.cache/huggingface" } as const;

const shared = {
  can_decide: false,
  degree: "one",
  default_image: null,
  port: 8000,
  health_path: "/health",
  metrics_path: "/metrics",
  metrics_port: null,
  basePath: () => "/v1",
  reads: [],
  own_flags: {
    "--host": "ep_name",
    "--port": "the port of ep_name",
    "--model": "model_id",
    "--data-parallel-size": "inference_spec.model_copies",
    "-dp": "inference_spec.model_copies",
  },
} satisfies Partial<Server>;

export const vllmGpu: Server = {
  ...shared,
  title: "vLLM",
  runs_on: ["gpu"],
  example_image: "vllm/vllm-openai:v0.8.3",
  degreesSaid: ({ words }) => degreesOfFlags(words, degreeFlags),
  serve(setting, _share, degree) {
    const { spec, words } = setting;
    const said = degreesOfFlags(words, degreeFlags).length > 0;
    return {
      arguments: [
        ...listening(setting),
        ...said || degree === null ? [] : ["--tensor-parallel-size", String(degree)],
        ...words,
      ],
      cache,
      shm_size: spec.container.shm_size,
      // Workers of one model exchange tensors through shared memory; 64 MB are too little.
      ipc_host: spec.container.shm_size === null,
    };
  },
};

export const vllmCpu: Server = {
  ...shared,
  title: "vLLM on processors",
  runs_on: ["cpu"],
  example_image: "vllm-cpu-env",
  degreesSaid: () => [],
  serve(setting, share) {
    const { spec, words } = setting;
    checkProcessors(setting, share);
    return {
      arguments: [...listening(setting), ...words],
      env: share.cores === null ? {} : { [bindVariable]: share.cores },
      cache,
      shm_size: spec.container.shm_size,
      ipc_host: spec.container.shm_size === null,
    };
  },
};

function listening({ experiment }: Setting): string[] {
  return ["--host", "0.0.0.0", "--port", String(shared.port), "--model", experiment.model_id];
}

const bindVariable = "VLLM_CPU_OMP_THREADS_BIND";
const cacheVariable = "VLLM_CPU_KVCACHE_SPACE";

/** What the variables of the config say against what there is. */
function checkProcessors({ experiment, spec: { env, container }, machine }: Setting, { cores }: Share): void {
  const bound = env[bindVariable];
  if (bound !== undefined && cores !== null) {
    throw refusal(
      experiment,
      `${bindVariable} binds every copy to the same threads`,
      "Leave it out: each copy gets cores of its own.",
    );
  }
  const highest = Math.max(...(bound?.match(/\d+/g) ?? []).map(Number));
  if (highest >= machine.cpus) {
    throw refusal(
      experiment,
      `${bindVariable} is ${bound}, and the machine has the threads 0 to ${machine.cpus - 1}`,
      `Write env.${bindVariable} in that range, or leave it out.`,
    );
  }
  const copies = typeof container.model_copies === "number" ? container.model_copies : 1;
  const space = copies * Number(env[cacheVariable] ?? 0);
  if (machine.memory_gib !== null && space >= machine.memory_gib) {
    throw refusal(
      experiment,
      `${cacheVariable} asks for ${space} GiB in ${copies} copies, and the machine has ${machine.memory_gib} GiB`,
      `Write a lower env.${cacheVariable}.`,
    );
  }
}
