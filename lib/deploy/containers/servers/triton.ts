/**
 * NVIDIA's Triton Inference Server: with TensorRT-LLM or vLLM on GPUs, with vLLM or DJL's handler on Neuron devices. What it needs is in
 * the image or named by the config: nothing is cloned, installed or compiled for a GPU when it starts.
 */

import { basename, isAbsolute } from "node:path";
import type { ContainerFile, Mount } from "../containers_plan.ts";
import { refusal } from "../refusal.ts";
import { type DegreeSaid, type Served, type Server, type Setting, withoutArguments } from "../server.ts";
import { pythonModels, tensorRtFiles } from "../tensorrt_llm_files.ts";
import { textModelFiles } from "../triton_files.ts";

const port = 8000;
const metrics_port = 8002;
const repository = "/models";
const ensemble = "ensemble";
const tensorRtNames = ["tensorrt", "tensorrtllm", "tensorrt_llm"];

/** Keys of `container_params` that are for this program and not for `model.json`. */
const ownParams = [
  "tp_degree",
  "serving.properties",
  "engine_dir",
  "backend_dir",
  "tokenizer_dir",
  "model_py",
];

export const triton: Server = {
  title: "Triton",
  runs_on: ["gpu", "neuron"],
  can_decide: false,
  degree: "needed",
  default_image: null,
  example_image: "nvcr.io/nvidia/tritonserver:24.08-trtllm-python-py3",
  port,
  health_path: "/v2/health/ready",
  metrics_path: "/metrics",
  metrics_port,
  basePath: (setting) => `/v2/models/${encodeURIComponent(modelName(setting))}`,
  reads: ["batch_size", "backend", "container_params"],
  own_flags: {},
  degreesSaid,
  serve(setting, share, degree) {
    withoutArguments(
      setting,
      "Triton's server",
      "Write options of the model into inference_spec.container_params.",
    );
    const over = degree ?? 1;
    const backend = backendOf(setting);
    if (backend === "tensorrtllm") return tensorRt(setting, over);
    return textModel(setting, backend, over, share.core_count);
  },
};

function degreesSaid({ spec: { container: { container_params } } }: Setting): DegreeSaid[] {
  return ["tp_degree", "tensor_parallel_degree", "tensor_parallel_size"].flatMap((name) => {
    const value = container_params[name];
    return value === undefined || value === null
      ? []
      : [{ where: `container_params.${name}`, value: Number(value) }];
  });
}

function backendOf({ experiment, spec: { container }, machine }: Setting): "vllm" | "djl" | "tensorrtllm" {
  const said = container.backend;
  if (said === "vllm") return said;
  if (machine.kind === "neuron") {
    if (said === "djl") return said;
    throw refusal(
      experiment,
      said === null
        ? "inference_spec.backend does not say what Triton runs on Neuron devices"
        : `Triton's backend ${said} does not run on Neuron devices`,
      "Write inference_spec.backend: vllm, or djl.",
    );
  }
  if (said === null || tensorRtNames.includes(said)) return "tensorrtllm";
  throw refusal(
    experiment,
    `Triton's backend ${said} does not run on GPUs here`,
    "Write inference_spec.backend: vllm, or leave it out for TensorRT-LLM.",
  );
}

/** The model's folder in the repository: what the URL asks for, so that the two can't differ. */
function modelName(setting: Setting): string {
  const { experiment: { ep_name, model_id } } = setting;
  const asked = URL.canParse(ep_name)
    ? /\/v2\/models\/([^/]+)/.exec(new URL(ep_name).pathname)?.[1]
    : undefined;
  if (asked !== undefined) return decodeURIComponent(asked);
  return backendOf(setting) === "tensorrtllm" ? ensemble : basename(model_id);
}

const server = [
  "--model-repository",
  repository,
  "--http-port",
  String(port),
  "--metrics-port",
  String(metrics_port),
];

function textModel(setting: Setting, backend: "vllm" | "djl", degree: number, core_count: number): Served {
  const { experiment, spec, machine } = setting;
  const params = spec.container.container_params;
  const name = modelName(setting);
  if (!/^[\w.-]+$/.test(name)) {
    throw refusal(
      experiment,
      `"${name}" can't be a folder of Triton's models`,
      "Correct the path of ep_name.",
    );
  }
  const files = textModelFiles({
    name,
    backend,
    model_id: experiment.model_id,
    degree,
    params: Object.fromEntries(Object.entries(params).filter(([key]) => !ownParams.includes(key))),
  });
  const code = backend === "djl" ? [codeOfDjl(setting, name)] : [];
  return {
    arguments: ["tritonserver", ...server, "--disable-auto-complete-config"],
    files: files.map(inFolder),
    mounts: [...files.map(mounted), ...code],
    env: machine.kind === "neuron" ? neuronEnv(core_count) : {},
    cache: { kind: "hub", target: "/root/.cache/huggingface" },
    shm_size: spec.container.shm_size ?? "12g",
    notes: backend === "vllm" && machine.kind === "neuron"
      ? ["the image must hold Triton's vLLM backend and vLLM for Neuron: nothing is installed when it starts"]
      : [],
  };
}

/** Compiled code is kept beside the Hub's files, so that a second start does not compile again. */
function neuronEnv(core_count: number): Record<string, string> {
  return { NEURON_COMPILE_CACHE_URL: "/root/.cache/huggingface/neuron", OMP_NUM_THREADS: String(core_count) };
}

/** Triton's Python backend runs a `model.py`; DJL has none for it. */
function codeOfDjl(setting: Setting, name: string): Mount {
  const source = pathOf(
    setting,
    "model_py",
    "no file says how Triton's Python backend calls DJL's handler",
    "Write the path of that model.py into container_params.model_py (FMBench has one for an image with djl_python, " +
      "src/fmbench/scripts/triton/djl/model.py), or inference_spec.backend: vllm.",
  );
  return { source, target: `${repository}/${name}/1/model.py`, read_only: true };
}

function tensorRt(setting: Setting, degree: number): Served {
  const { experiment, spec } = setting;
  const name = modelName(setting);
  if (name !== ensemble) {
    throw refusal(
      experiment,
      `ep_name asks for the model ${name}, and TensorRT-LLM's is called ${ensemble}`,
      `Write /v2/models/${ensemble}/generate as the path of ep_name.`,
    );
  }
  const engine = pathOf(
    setting,
    "engine_dir",
    "its image builds no TensorRT engine when it starts",
    buildFirst(degree),
  );
  const backend = pathOf(
    setting,
    "backend_dir",
    "the code of preprocessing and postprocessing is not in its image",
    "Write the path of a checkout of github.com/triton-inference-server/tensorrtllm_backend, of the image's version, into " +
      "container_params.backend_dir.",
  );
  const tokenizer = spec.container.container_params["tokenizer_dir"];
  const local = typeof tokenizer === "string" && isAbsolute(tokenizer);
  const files = tensorRtFiles({
    batch_size: spec.container.batch_size ?? 1,
    engine_dir: "/engine",
    tokenizer_dir: local ? "/tokenizer" : experiment.model_id,
  });
  return {
    // One process for each GPU; the first serves, the others wait for it with models that are not loaded.
    arguments: ["mpirun", "--allow-run-as-root", ...ranks(degree)],
    files: files.map(inFolder),
    mounts: [
      ...files.map(mounted),
      { source: engine, target: "/engine", read_only: true },
      ...pythonModels.map((model) => ({
        source: `${backend}/all_models/inflight_batcher_llm/${model}/1`,
        target: `${repository}/${model}/1`,
        read_only: true,
      })),
      ...local ? [{ source: tokenizer, target: "/tokenizer", read_only: true }] : [],
    ],
    cache: { kind: "hub", target: "/root/.cache/huggingface" },
    shm_size: spec.container.shm_size ?? "12g",
    notes: /:24\.08-/.test(spec.image_uri ?? "")
      ? []
      : ["config.pbtxt names the tensors of images 24.08; another release may call them otherwise"],
  };
}

/** Arguments of mpirun: a server for every rank, all but the first without ports. */
function ranks(degree: number): string[] {
  return Array.from({ length: degree }).flatMap((_, rank) => [
    ...rank === 0 ? [] : [":"],
    ...["-n", "1", "tritonserver"],
    ...rank === 0 ? server : [
      "--model-repository",
      repository,
      "--allow-http=false",
      "--allow-grpc=false",
      "--allow-metrics=false",
    ],
    "--disable-auto-complete-config",
    `--backend-config=python,shm-region-prefix-name=rank${rank}_`,
    ...rank === 0 ? [] : ["--model-control-mode=explicit", "--load-model=tensorrt_llm"],
  ]);
}

function buildFirst(degree: number): string {
  return "Build it once in that image: `python3 tensorrtllm_backend/tensorrt_llm/examples/llama/convert_checkpoint.py --model_dir MODEL " +
    `--output_dir CHECKPOINT --dtype float16 --tp_size ${degree}\`, then \`trtllm-build --checkpoint_dir CHECKPOINT --output_dir ENGINE ` +
    "--gemm_plugin float16 --max_batch_size N`; write the path of ENGINE into container_params.engine_dir. Or, with an image " +
    "...-vllm-python-py3, write inference_spec.backend: vllm.";
}

/** An absolute path that `container_params` names. */
function pathOf({ experiment, spec }: Setting, key: string, without: string, remedy: string): string {
  const path = spec.container.container_params[key];
  if (path === undefined || path === null) throw refusal(experiment, without, remedy);
  if (typeof path === "string" && isAbsolute(path)) return path.replace(/\/+$/, "");
  throw refusal(experiment, `container_params.${key} is ${JSON.stringify(path)}`, "Write an absolute path.");
}

const folder = "triton";
const inFolder = (file: ContainerFile): ContainerFile => ({ ...file, path: `${folder}/${file.path}` });
const mounted = ({ path }: ContainerFile): Mount => ({
  source: `${folder}/${path}`,
  target: `${repository}/${path}`,
  read_only: true,
});
