/** Ollama. Its server knows no model when it starts: it pulls the one that is asked for, and loads it. */

import { type Server, withoutArguments } from "../server.ts";

export const ollama: Server = {
  title: "Ollama",
  runs_on: ["gpu", "cpu"],
  can_decide: false,
  degree: "all_for_one",
  default_image: "ollama/ollama:0.6.8",
  example_image: "ollama/ollama:0.6.8",
  port: 11434,
  health_path: "/api/version",
  metrics_path: null,
  metrics_port: null,
  basePath: () => "",
  reads: [],
  own_flags: {},
  degreesSaid: () => [],
  serve(setting) {
    const { experiment: { model_id }, spec } = setting;
    withoutArguments(setting, "Ollama", "Write variables such as OLLAMA_NUM_PARALLEL into env.");
    return {
      arguments: [],
      // A model that is not asked for during five minutes would be unloaded, and loaded again within some measurement.
      env: { OLLAMA_KEEP_ALIVE: "-1" },
      cache: { kind: "ollama", target: "/root/.ollama" },
      shm_size: spec.container.shm_size,
      prepare: [["ollama", "pull", model_id], ["ollama", "run", model_id, ""]],
    };
  },
};
