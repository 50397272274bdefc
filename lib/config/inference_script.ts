/** Which protocol an `inference_script` stands for. */

import { protocolFacts, type ProtocolName, protocols } from "../core/mod.ts";
import { knownScripts, type Script, type ScriptNames, scriptOf } from "./script.ts";

const names: ScriptNames = {
  ours: Object.keys(protocols),
  fmbench: {
    "bedrock_predictor.py": "bedrock",
    "sagemaker_predictor.py": "sagemaker",
    "ec2_predictor.py": "djl",
    "eks_predictor.py": "ray_serve",
    "rest_predictor.py": "rest",
    "custom_rest_predictor.py": "rest",
    "ollama_predictor.py": "ollama",
  } satisfies Record<string, ProtocolName>,
};

/** The script that stands for whatever the container speaks. */
const byContainer = "ec2_predictor.py";

/** What is spoken in a container that FMBench runs on EC2, by `container_type`; without one it is DJL. */
const containers: Readonly<Record<string, ProtocolName>> = {
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
};

/** The protocols, by the names that `inference_script` has for them. */
export const availablePredictors: readonly string[] = names.ours;

/** All names that `inference_script` may have, apart from the user's own modules. */
export const knownInferenceScripts: readonly string[] = knownScripts(names);

/** The values that `container_type` may have where it decides on the protocol. */
export const knownContainers: readonly string[] = Object.keys(containers);

/** Whether `container_type` decides on the protocol. */
export function asksForContainer(inferenceScript: string): boolean {
  return inferenceScript === byContainer;
}

/**
 * What is behind an `inference_script`: its `module` is the name of a protocol, or the path of the user's own module.
 *
 * @param container `container_type`, which counts for `ec2_predictor.py` only; one that nobody knows counts as none
 * @returns null when there is no script of that name
 */
export function predictorOf(inferenceScript: string, container?: string): Script | null {
  const script = scriptOf(inferenceScript, names);
  if (script === null || !asksForContainer(inferenceScript) || container === undefined) return script;
  return Object.hasOwn(containers, container) ? { ...script, module: containers[container]! } : script;
}

/** Whether the model's id is enough to find the endpoint: an `ep_name` of its own is for ARNs and inference profiles. */
export function isReachedByModel({ module }: Script): boolean {
  return protocolFacts(module)?.address === "model";
}

/** Whether the endpoint of a predictor is given as a URL. */
export function isReachedByUrl({ module }: Script): boolean {
  return protocolFacts(module)?.address === "url";
}
