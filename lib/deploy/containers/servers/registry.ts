/** The kinds of serving containers there are, by `container_type`. */

import type { Server } from "../server.ts";
import { djl } from "./djl.ts";
import { llamaCpp } from "./llama_cpp.ts";
import { ollama } from "./ollama.ts";
import { sglang } from "./sglang.ts";
import { tgi } from "./tgi.ts";
import { triton } from "./triton.ts";
import { vllmCpu, vllmGpu } from "./vllm.ts";

/** The names are those that `inference_script: ec2_predictor.py` knows, too. */
export const servers: Readonly<Record<string, Server>> = {
  djl,
  vllm: vllmCpu,
  vllm_gpu: vllmGpu,
  sglang,
  triton,
  tgi,
  huggingface: tgi,
  ollama,
  llama_cpp: llamaCpp,
  "llama.cpp": llamaCpp,
  llama_server: llamaCpp,
};

/** Names of `servers` that stand for another of them. */
export const otherNames: readonly string[] = ["huggingface", "llama.cpp", "llama_server"];
