import { equal, ok } from "node:assert/strict";
import { type ContainerSpec, UserError } from "../../../lib/core/mod.ts";
import { containersPlan, hostPort } from "../../../lib/deploy/containers/containers_plan.ts";
import type { Experiment } from "../../../lib/deploy/mod.ts";
import { contained, machine, run } from "./experiment.ts";

const gpuImage = "763104351884.dkr.ecr.us-east-1.amazonaws.com/djl-inference:0.29.0-lmi11.0.0-cu124";
const vllmImage = "vllm/vllm-openai:v0.8.3";

function message(experiment: Experiment, instance_type: string): string {
  try {
    containersPlan(experiment, machine(instance_type), { first: hostPort(experiment) }, run);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message.replace('Cannot run containers for "small": ', "");
  }
  throw new Error("it was not refused");
}

/** What is asked, of which machine, and the answer. */
const cases: Readonly<Record<string, readonly [Experiment, string, string]>> = {
  "a container that nobody knows": [
    contained({ type: "vlm" }, { image_uri: vllmImage }),
    "g5.xlarge",
    'there is no container_type "vlm". Write one of djl, vllm, vllm_gpu, sglang, triton, tgi, huggingface, ollama, ' +
    "llama_cpp, llama.cpp, llama_server into inference_spec.container_type.",
  ],
  "a name that every object has": [
    contained({ type: "constructor" }),
    "g5.xlarge",
    'there is no container_type "constructor". Write one of djl, vllm, vllm_gpu, sglang, triton, tgi, huggingface, ollama, ' +
    "llama_cpp, llama.cpp, llama_server into inference_spec.container_type.",
  ],
  "a server for GPUs where there are none": [
    contained({ type: "sglang" }, { image_uri: "lmsysorg/sglang:v0.4" }),
    "m5.16xlarge",
    "container_type sglang runs on GPUs, and m5.16xlarge has processors only. " +
    "Write one of vllm, ollama, llama_cpp into inference_spec.container_type, or another instance_type.",
  ],
  "vLLM for processors on GPUs": [
    contained({ type: "vllm" }, { image_uri: "vllm-cpu-env" }),
    "g5.xlarge",
    "container_type vllm runs on processors, and g5.xlarge has GPUs. Write one of djl, vllm_gpu, sglang, triton, tgi, " +
    "ollama, llama_cpp into inference_spec.container_type, or another instance_type.",
  ],
  "no image": [
    contained({ type: "vllm_gpu" }, { image_uri: "None" }),
    "g5.xlarge",
    "it names no container image. Write image_uri, such as vllm/vllm-openai:v0.8.3.",
  ],
  "an image that could be an option": [
    contained({ type: "vllm_gpu" }, { image_uri: "--privileged" }),
    "g5.xlarge",
    '"--privileged" is no container image. Write image_uri, such as vllm/vllm-openai:v0.8.3.',
  ],
  "an image of another kind of accelerator": [
    contained({ tp_degree: 2 }, { image_uri: gpuImage }),
    "inf2.24xlarge",
    "its image, 0.29.0-lmi11.0.0-cu124, is for GPUs, and the machine has Neuron devices. " +
    "Write an image_uri for Neuron devices, or another instance_type.",
  ],
  "DJL without a degree": [
    contained({}, { image_uri: gpuImage }),
    "g5.12xlarge",
    "nothing says over how many GPUs a copy of the model is spread. Write inference_spec.tp_degree.",
  ],
  "two degrees": [
    contained({ tp_degree: 2 }, {
      image_uri: gpuImage,
      serving_properties: "option.tensor_parallel_degree=4",
    }),
    "g5.12xlarge",
    "inference_spec.tp_degree is 2, and option.tensor_parallel_degree of serving.properties is 4. Write the same in both.",
  ],
  "two degrees, one of them a variable": [
    contained({}, {
      image_uri: gpuImage,
      serving_properties: "option.tensor_parallel_degree=4",
      env: { OPTION_TENSOR_PARALLEL_DEGREE: "1" },
    }),
    "g5.12xlarge",
    "option.tensor_parallel_degree of serving.properties is 4, and env.OPTION_TENSOR_PARALLEL_DEGREE is 1. " +
    "Write the same in both.",
  ],
  "two degrees, one of them an argument": [
    contained({ type: "vllm_gpu", tp_degree: 2, cli_params: "--tensor-parallel-size=4" }, {
      image_uri: vllmImage,
    }),
    "g5.12xlarge",
    "inference_spec.tp_degree is 2, and --tensor-parallel-size of cli_params is 4. Write the same in both.",
  ],
  "two sizes of a batch": [
    contained({ tp_degree: 1, batch_size: 8 }, {
      image_uri: gpuImage,
      serving_properties: "option.max_rolling_batch_size=64",
    }),
    "g5.xlarge",
    "inference_spec.batch_size is 8, and option.max_rolling_batch_size of serving.properties is 64. Write the same in both.",
  ],
  "a degree that is none": [
    contained({ type: "vllm_gpu", cli_params: "-tp two" }, { image_uri: vllmImage }),
    "g5.12xlarge",
    "-tp of cli_params is no whole number from 1. Write a number there, or leave it out.",
  ],
  "a degree on processors": [
    contained({ type: "llama_cpp", tp_degree: 2 }, { image_uri: "ghcr.io/ggml-org/llama.cpp:server-b5200" }),
    "c7g.4xlarge",
    "inference_spec.tp_degree is 2, and the machine has processors only. " +
    "Leave it out; inference_spec.model_copies shares out its cores.",
  ],
  "more copies than fit": [
    contained({ type: "vllm_gpu", tp_degree: 2, model_copies: 3 }, { image_uri: vllmImage }),
    "g5.12xlarge",
    "3 copies over 2 GPUs each do not fit g5.12xlarge, which has 4 GPUs. Write inference_spec.model_copies: 2 or less, or max.",
  ],
  "a container that can't decide": [
    contained({ type: "vllm_gpu", model_copies: "auto" }, { image_uri: vllmImage }),
    "g5.12xlarge",
    "its container does not decide by itself how many copies of the model it runs. " +
    "Write inference_spec.model_copies: max, or a whole number.",
  ],
  "a port among the arguments": [
    contained({ type: "vllm_gpu", cli_params: "--port=8000" }, { image_uri: vllmImage }),
    "g5.12xlarge",
    "--port stands in inference_spec.cli_params. Leave it out: it is set from the port of ep_name.",
  ],
  "arguments for a shell": [
    contained({ type: "vllm_gpu", cli_params: "--api-key $KEY" }, { image_uri: vllmImage }),
    "g5.12xlarge",
    'inference_spec.cli_params can\'t be split into arguments: a shell would take "$" for more than a character. ' +
    "Put single quotes around what is to be passed on as it is; a variable goes into env.",
  ],
  "arguments for DJL": [
    contained({ tp_degree: 1, cli_params: "--max-model-len 10" }, { image_uri: gpuImage }),
    "g5.xlarge",
    "DJL Serving takes none of inference_spec.cli_params. Write them as option.* lines of serving.properties.",
  ],
  "ports that there are not": [
    contained({ type: "vllm_gpu", model_copies: "max" }, {
      image_uri: vllmImage,
      ep_name: "http://localhost:65530/v1",
    }),
    "g5.48xlarge",
    "its containers would listen at the ports 65530 to 65537. Write a port of ep_name from 1, so low that the last is at most 65535.",
  ],
  "a token in the config": [
    contained({ type: "vllm_gpu" }, { image_uri: vllmImage, env: { HF_TOKEN: "hf_abcdefghijklmnop" } }),
    "g5.xlarge",
    "env.HF_TOKEN holds a secret. Write ${HF_TOKEN} there and put the secret into the environment, " +
    "or leave it out: the Hub's token is passed on by itself.",
  ],
  "another secret in the config": [
    contained({ type: "vllm_gpu" }, { image_uri: vllmImage, env: { VLLM_API_KEY: "12345" } }),
    "g5.xlarge",
    "env.VLLM_API_KEY holds a secret. Write ${VLLM_API_KEY} there and put the secret into the environment.",
  ],
  "threads that the machine has not": [
    contained({ type: "vllm" }, { image_uri: "vllm-cpu-env", env: { VLLM_CPU_OMP_THREADS_BIND: "0-69" } }),
    "m5.16xlarge",
    "VLLM_CPU_OMP_THREADS_BIND is 0-69, and the machine has the threads 0 to 63. " +
    "Write env.VLLM_CPU_OMP_THREADS_BIND in that range, or leave it out.",
  ],
  "the same threads for every copy": [
    contained({ type: "vllm", model_copies: 2 }, {
      image_uri: "vllm-cpu-env",
      env: { VLLM_CPU_OMP_THREADS_BIND: "0-15" },
    }),
    "m5.16xlarge",
    "VLLM_CPU_OMP_THREADS_BIND binds every copy to the same threads. Leave it out: each copy gets cores of its own.",
  ],
  "more memory than there is": [
    contained({ type: "vllm", model_copies: 4 }, {
      image_uri: "vllm-cpu-env",
      env: { VLLM_CPU_KVCACHE_SPACE: "64" },
    }),
    "m5.16xlarge",
    // 4 x 64 GiB are all of the 256 GiB.
    "VLLM_CPU_KVCACHE_SPACE asks for 256 GiB in 4 copies, and the machine has 256 GiB. Write a lower env.VLLM_CPU_KVCACHE_SPACE.",
  ],
  "Triton on Neuron devices without a backend": [
    contained({ type: "triton", tp_degree: 8 }, { image_uri: "tritonserver-neuronx:fmbench" }),
    "trn1.32xlarge",
    "inference_spec.backend does not say what Triton runs on Neuron devices. Write inference_spec.backend: vllm, or djl.",
  ],
  "Triton with DJL on GPUs": [
    contained({ type: "triton", tp_degree: 1, backend: "djl" }, {
      image_uri: "nvcr.io/nvidia/tritonserver:24.08-py3",
    }),
    "g5.xlarge",
    "Triton's backend djl does not run on GPUs here. Write inference_spec.backend: vllm, or leave it out for TensorRT-LLM.",
  ],
  "TensorRT-LLM under another model's name": [
    contained({ type: "triton", tp_degree: 1 }, {
      image_uri: "nvcr.io/nvidia/tritonserver:24.08-trtllm-python-py3",
      ep_name: "http://localhost:8080/v2/models/llama/generate",
    }),
    "g5.xlarge",
    "ep_name asks for the model llama, and TensorRT-LLM's is called ensemble. " +
    "Write /v2/models/ensemble/generate as the path of ep_name.",
  ],
  "an engine at no absolute path": [
    contained({ type: "triton", tp_degree: 1, container_params: { engine_dir: "engine" } }, {
      image_uri: "nvcr.io/nvidia/tritonserver:24.08-trtllm-python-py3",
    }),
    "g5.xlarge",
    'container_params.engine_dir is "engine". Write an absolute path.',
  ],
};

for (const [what, [experiment, instance_type, expected]] of Object.entries(cases)) {
  Deno.test(`refused: ${what}`, () => equal(message(experiment, instance_type), expected));
}

Deno.test("what agrees is not refused, however it is said", () => {
  const agreed: Partial<ContainerSpec> = { tp_degree: 2, model_copies: "max" };
  const written = {
    image_uri: gpuImage,
    serving_properties: "option.tensor_parallel_degree=max\noption.model_id=org/model",
    env: { OPTION_TENSOR_PARALLEL_DEGREE: "2" },
  };
  equal(
    containersPlan(contained(agreed, written), machine("g5.12xlarge"), { first: 8080 }, run).copies.length,
    2,
  );
  // All that there are, where nothing else is said.
  const all = containersPlan(
    contained({}, { ...written, env: {} }),
    machine("g5.12xlarge"),
    { first: 8080 },
    run,
  );
  equal(all.target, "DJL Serving, one copy on 4 GPUs");
  // With one physical core as a logical one, a Trainium2 has 8, so that 8 fit one device.
  const physical = { image_uri: "djl-inference-neuronx:own", env: { NEURON_LOGICAL_NC_CONFIG: "1" } };
  const trn2 = containersPlan(contained({ tp_degree: 8 }, physical), machine("trn2.48xlarge"), {
    first: 8080,
  }, run);
  ok(trn2.copies[0]?.devices.length === 1);
});
