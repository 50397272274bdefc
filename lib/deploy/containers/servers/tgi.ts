/** Hugging Face's Text Generation Inference. */

import { degreesOfFlags, type Server } from "../server.ts";

const degreeFlags = ["--num-shard"];

export const tgi: Server = {
  title: "Text Generation Inference",
  runs_on: ["gpu"],
  can_decide: false,
  degree: "one",
  default_image: null,
  example_image: "ghcr.io/huggingface/text-generation-inference:3.3.4",
  port: 80,
  health_path: "/health",
  metrics_path: "/metrics",
  metrics_port: null,
  basePath: () => "",
  reads: [],
  own_flags: {
    "--hostname": "ep_name",
    "--port": "the port of ep_name",
    "-p": "the port of ep_name",
    "--model-id": "model_id",
    "--sharded": "inference_spec.tp_degree",
  },
  degreesSaid: ({ words }) => degreesOfFlags(words, degreeFlags),
  serve({ experiment, spec, words }, _share, degree) {
    const said = degreesOfFlags(words, degreeFlags).length > 0;
    return {
      arguments: [
        ...["--hostname", "0.0.0.0", "--port", "80", "--model-id", experiment.model_id],
        ...said || degree === null ? [] : ["--num-shard", String(degree)],
        ...words,
      ],
      cache: { kind: "hub", target: "/data" },
      // The image points the Hub's cache somewhere of its own.
      env: { HUGGINGFACE_HUB_CACHE: "/data/hub" },
      shm_size: spec.container.shm_size ?? "1g",
    };
  },
};
