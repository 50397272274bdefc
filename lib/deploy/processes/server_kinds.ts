/** Servers that can be started by the kind alone: `inference_spec.container_type` without a `process` section. */

/** What a server is told. */
export interface ServerWish {
  readonly model_id: string;
  /** GPUs that it is spread over; null: not said. */
  readonly tp_degree: number | null;
}

export interface ServerKind {
  /** Values of `container_type`. */
  readonly types: readonly string[];
  /** For people. */
  readonly title: string;
  /** Where to get it, as a sentence. */
  readonly install: string;
  readonly takes_degree?: true;
  /** Whether a command of this kind, ours or another, serves `/metrics`. */
  hasMetrics(command: readonly string[]): boolean;
  /** The command and what belongs to it; further arguments are put behind it. */
  made(wish: ServerWish): {
    readonly command: readonly string[];
    readonly env: Readonly<Record<string, string>>;
    readonly prepare: readonly (readonly string[])[];
    readonly health_path: string;
  };
}

const here = ["--host", "127.0.0.1", "--port", "{port}"];

export const serverKinds: readonly ServerKind[] = [
  {
    types: ["llama_cpp"],
    title: "llama.cpp",
    install:
      "Install llama.cpp (https://github.com/ggml-org/llama.cpp/releases, or `brew install llama.cpp`).",
    hasMetrics: (command) => command.includes("--metrics"),
    // A file, or a repository of the Hub, which `llama-server` downloads by itself.
    made: ({ model_id }) => ({
      command: [
        "llama-server",
        ...[model_id.endsWith(".gguf") ? "-m" : "-hf", model_id],
        ...["--alias", model_id, "--metrics", ...here],
      ],
      env: {},
      prepare: [],
      health_path: "/health",
    }),
  },
  {
    types: ["ollama"],
    title: "Ollama",
    install: "Install Ollama (https://ollama.com/download).",
    hasMetrics: () => false,
    made: ({ model_id }) => ({
      command: ["ollama", "serve"],
      // A model that is unloaded between levels would be loaded within a request.
      env: { OLLAMA_HOST: "127.0.0.1:{port}", OLLAMA_KEEP_ALIVE: "-1" },
      // An empty prompt loads the model and asks it nothing.
      prepare: [["ollama", "pull", model_id], ["ollama", "run", model_id, ""]],
      health_path: "/api/version",
    }),
  },
  {
    types: ["vllm", "vllm_gpu"],
    title: "vLLM",
    install: "Install vLLM (`pip install vllm`) in the Python environment that this program is started in.",
    takes_degree: true,
    hasMetrics: () => true,
    made: ({ model_id, tp_degree }) => ({
      command: [
        ...["vllm", "serve", model_id, ...here],
        ...tp_degree === null ? [] : ["--tensor-parallel-size", String(tp_degree)],
      ],
      env: {},
      prepare: [],
      health_path: "/health",
    }),
  },
];
