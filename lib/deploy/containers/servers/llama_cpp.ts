/** llama.cpp's server. */

import { isAbsolute } from "node:path";
import { flagValues, type Server } from "../server.ts";

const port = 8080;
const cacheFolder = "/cache";

export const llamaCpp: Server = {
  title: "llama.cpp",
  runs_on: ["gpu", "cpu"],
  can_decide: false,
  degree: "all_for_one",
  default_image: null,
  example_image: "ghcr.io/ggml-org/llama.cpp:server-b5200",
  port,
  health_path: "/health",
  metrics_path: "/metrics",
  metrics_port: null,
  basePath: () => "",
  reads: [],
  own_flags: {
    "--host": "ep_name",
    "--port": "the port of ep_name",
    "--model": "model_id",
    "-m": "model_id",
    "--hf-repo": "model_id",
    "-hf": "model_id",
    "-hfr": "model_id",
  },
  degreesSaid: () => [],
  // A model is a file of this machine, or a repository of the Hub, `org/name:quantisation`.
  serve({ experiment: { model_id }, machine, spec, words }, { cores, core_count }) {
    const has = (flags: readonly string[]) => flagValues(words, flags).length > 0;
    return {
      arguments: [
        ...["--host", "0.0.0.0", "--port", String(port), "--metrics"],
        ...isAbsolute(model_id) ? ["--model", model_id] : ["--hf-repo", model_id],
        ...machine.kind !== "gpu" || has(["--n-gpu-layers", "--gpu-layers", "-ngl"])
          ? []
          : ["--n-gpu-layers", "999"],
        ...cores === null || has(["--threads", "-t"]) ? [] : ["--threads", String(core_count)],
        ...words,
      ],
      env: { LLAMA_CACHE: cacheFolder },
      cache: { kind: "llama_cpp", target: cacheFolder },
      shm_size: spec.container.shm_size,
    };
  },
};
