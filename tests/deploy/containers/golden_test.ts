/** One plan of each kind of container, whole: commands, files, order. */

import { ok } from "node:assert/strict";
import { containersPlan, type Engine, hostPort } from "../../../lib/deploy/containers/containers_plan.ts";
import type { Experiment } from "../../../lib/deploy/mod.ts";
import { contained, machine, run } from "./experiment.ts";
import { likeGolden, planText } from "./golden.ts";

const ecr = "763104351884.dkr.ecr.us-east-1.amazonaws.com/djl-inference";

/** By the name of the golden file. */
const plans: Readonly<Record<string, readonly [Experiment, string, Engine?]>> = {
  "vllm_gpu.txt": [
    contained(
      {
        type: "vllm_gpu",
        tp_degree: 2,
        model_copies: "max",
        cli_params: `--gpu-memory-utilization 0.95 --override-generation-config '{"top_k": 50}'`,
      },
      {
        image_uri: "vllm/vllm-openai:v0.8.3",
        instance_type: "g6e.12xlarge",
        ep_name: "http://localhost:9100/v1",
        env: { VLLM_LOGGING_LEVEL: "INFO", HTTPS_PROXY: "${HTTPS_PROXY}" },
      },
    ),
    "g6e.12xlarge",
  ],
  "vllm_gpu_podman.txt": [
    contained(
      { type: "vllm_gpu", tp_degree: 1, model_copies: 2, shm_size: "8g" },
      { image_uri: "vllm/vllm-openai:v0.8.3" },
    ),
    "g5.12xlarge",
    "podman",
  ],
  "vllm.txt": [
    contained(
      { type: "vllm", model_copies: 2 },
      {
        image_uri: "vllm-cpu-env",
        ep_name: "http://localhost:8000/v1/completions",
        env: { VLLM_CPU_KVCACHE_SPACE: "40" },
      },
    ),
    "m7i.16xlarge",
  ],
  "sglang.txt": [
    contained({ type: "sglang", tp_degree: 4, cli_params: "--mem-fraction-static 0.8" }, {
      image_uri: "lmsysorg/sglang:latest",
      ep_name: "http://127.0.0.1:30000",
    }),
    "g5.12xlarge",
  ],
  "djl_nginx.txt": [
    contained(
      { model_copies: "max", tp_degree: 2, shm_size: "12g", balancer: "nginx" },
      {
        image_uri: `${ecr}:0.29.0-lmi11.0.0-cu124`,
        ep_name: "http://127.0.0.1:8080/invocations",
        serving_properties: "engine=MPI\noption.tensor_parallel_degree=2\noption.model_id=org/model\n",
      },
    ),
    "g5.48xlarge",
  ],
  "djl_auto.txt": [
    contained({ model_copies: "auto", tp_degree: 2, batch_size: 64 }, {
      image_uri: `${ecr}:0.29.0-lmi11.0.0-cu124`,
    }),
    "g5.24xlarge",
  ],
  "djl_neuron.txt": [
    contained(
      { model_copies: "max", tp_degree: 8 },
      {
        image_uri: `${ecr}:0.29.0-neuronx-sdk2.19.1`,
        env: { NEURON_CC_FLAGS: "-O3" },
        serving_properties:
          "engine=Python\noption.entryPoint=djl_python.transformers_neuronx\noption.rolling_batch=auto",
      },
    ),
    "inf2.24xlarge",
  ],
  "djl_half_a_device.txt": [
    contained({ model_copies: 1, tp_degree: 1 }, { image_uri: `${ecr}:0.29.0-neuronx-sdk2.19.1` }),
    "inf2.xlarge",
  ],
  "tgi.txt": [
    contained({ type: "tgi", tp_degree: 2, cli_params: "--max-input-tokens 4096" }, {
      image_uri: "ghcr.io/huggingface/text-generation-inference:3.3.4",
    }),
    "g5.12xlarge",
  ],
  "ollama.txt": [
    contained({ type: "ollama" }, {
      model_id: "llama3.1:8b",
      ep_name: "http://localhost:11434/api/generate",
      image_uri: "ec2",
    }),
    "g5.12xlarge",
  ],
  "llama_cpp.txt": [
    contained({ type: "llama_cpp", model_copies: 2 }, {
      model_id: "/srv/models/a, b.gguf",
      image_uri: "ghcr.io/ggml-org/llama.cpp:server-b5200",
    }),
    "c7g.4xlarge",
  ],
  "triton_tensorrt_llm.txt": [
    contained(
      {
        type: "triton",
        tp_degree: 2,
        batch_size: 64,
        model_copies: "max",
        container_params: { engine_dir: "/srv/engine/", backend_dir: "/srv/tensorrtllm_backend" },
      },
      {
        image_uri: "nvcr.io/nvidia/tritonserver:24.08-trtllm-python-py3",
        ep_name: "http://localhost:8080/v2/models/ensemble/generate",
      },
    ),
    "g5.12xlarge",
  ],
  "triton_vllm.txt": [
    contained(
      {
        type: "triton",
        backend: "vllm",
        tp_degree: 1,
        container_params: { max_model_len: 8192, dtype: "float16" },
      },
      { image_uri: "nvcr.io/nvidia/tritonserver:24.08-vllm-python-py3" },
    ),
    "g5.2xlarge",
  ],
  "triton_neuron.txt": [
    contained(
      {
        type: "triton",
        backend: "djl",
        model_copies: "max",
        container_params: {
          tp_degree: 12,
          amp: "f16",
          model_py: "/srv/model.py",
          "serving.properties": null,
        },
      },
      {
        image_uri: "tritonserver-neuronx:fmbench",
        ep_name: "http://localhost:8080/v2/models/Hermes-3/generate",
        model_id: "NousResearch/Hermes-3",
      },
    ),
    "inf2.48xlarge",
  ],
};

for (const [name, [experiment, instance_type, engine = "docker"]] of Object.entries(plans)) {
  Deno.test(`the plan of ${name} is the one that was looked at`, () => {
    const text = planText(
      containersPlan(experiment, machine(instance_type), { first: hostPort(experiment) }, run),
      engine,
    );
    likeGolden(name, text);
    ok(!/undefined|null|\[object/.test(text.replace("/dev/null", "")), text);
  });
}
