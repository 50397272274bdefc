/** SGLang's server. */

import { degreesOfFlags, type Server } from "../server.ts";

const degreeFlags = ["--tp", "--tp-size", "--tensor-parallel-size"];
const port = 30000;

export const sglang: Server = {
  title: "SGLang",
  runs_on: ["gpu"],
  can_decide: false,
  degree: "one",
  default_image: null,
  example_image: "lmsysorg/sglang:v0.4.6.post1-cu124",
  port,
  health_path: "/health",
  metrics_path: "/metrics",
  metrics_port: null,
  basePath: () => "/v1",
  reads: [],
  own_flags: {
    "--host": "ep_name",
    "--port": "the port of ep_name",
    "--model-path": "model_id",
    "--model": "model_id",
    "--dp": "inference_spec.model_copies",
    "--dp-size": "inference_spec.model_copies",
    "--data-parallel-size": "inference_spec.model_copies",
  },
  degreesSaid: ({ words }) => degreesOfFlags(words, degreeFlags),
  serve({ experiment, spec, words }, _share, degree) {
    const said = degreesOfFlags(words, degreeFlags).length > 0;
    return {
      arguments: [
        ...["python3", "-m", "sglang.launch_server", "--host", "0.0.0.0", "--port", String(port)],
        ...["--model-path", experiment.model_id],
        ...said || degree === null ? [] : ["--tp-size", String(degree)],
        ...words.includes("--enable-metrics") ? [] : ["--enable-metrics"],
        ...words,
      ],
      cache: { kind: "hub", target: "/root/.cache/huggingface" },
      shm_size: spec.container.shm_size ?? "32g",
    };
  },
};
