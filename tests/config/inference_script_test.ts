import { deepEqual, equal } from "node:assert/strict";
import { availablePredictors, knownInferenceScripts, predictorOf } from "../../lib/config/mod.ts";
import { isReachedByModel, isReachedByUrl } from "../../lib/config/inference_script.ts";

const protocols = [
  ...["openai_chat", "openai_completions", "openai_embeddings", "bedrock", "bedrock_invoke", "sagemaker"],
  ...["djl", "tgi", "triton", "ollama", "llama_cpp", "ray_serve", "rest"],
];

Deno.test("a script is a protocol by its name, a module of the user's own, or nothing", () => {
  for (const module of protocols) deepEqual(predictorOf(module), { module, own: false });
  deepEqual(predictorOf("lib/mine.ts"), { module: "lib/mine.ts", own: true });
  deepEqual([predictorOf("toString"), predictorOf("mine.py"), predictorOf("ec2")], [null, null, null]);
});

Deno.test("every script that FMBench has stands for a protocol", () => {
  const table = {
    "bedrock_predictor.py": "bedrock",
    "sagemaker_predictor.py": "sagemaker",
    "ec2_predictor.py": "djl",
    "eks_predictor.py": "ray_serve",
    "rest_predictor.py": "rest",
    "custom_rest_predictor.py": "rest",
    "ollama_predictor.py": "ollama",
  };
  const scripts = knownInferenceScripts.filter((name) => name.endsWith(".py"));
  deepEqual(Object.fromEntries(scripts.map((name) => [name, predictorOf(name)?.module])), table);
});

Deno.test("on EC2 the container says what is spoken; without one, or with one that nobody knows, it is DJL", () => {
  const table = {
    djl: "djl",
    vllm: "openai_completions",
    vllm_gpu: "openai_completions",
    sglang: "openai_chat",
    triton: "triton",
    ollama: "ollama",
    llama_server: "llama_cpp",
    llama_cpp: "llama_cpp",
    "llama.cpp": "llama_cpp",
    tgi: "tgi",
    huggingface: "tgi",
    toString: "djl",
  };
  for (const [container, module] of Object.entries(table)) {
    equal(predictorOf("ec2_predictor.py", container)?.module, module, container);
  }
  equal(predictorOf("sagemaker_predictor.py", "triton")?.module, "sagemaker");
  equal(predictorOf("djl", "triton")?.module, "djl");
});

Deno.test("every protocol is available", () => {
  deepEqual(availablePredictors, protocols);
});

Deno.test("endpoints of Bedrock go by their model, those of SageMaker by a name, those of all others by a URL", () => {
  const scripts = availablePredictors.map((name) => predictorOf(name)!);
  deepEqual(scripts.filter(isReachedByModel).map(({ module }) => module), ["bedrock", "bedrock_invoke"]);
  deepEqual(scripts.filter((script) => !isReachedByUrl(script)).map(({ module }) => module), [
    "bedrock",
    "bedrock_invoke",
    "sagemaker",
  ]);
  equal(isReachedByUrl(predictorOf("mine.ts")!), false);
});
