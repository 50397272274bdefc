import assert from "node:assert/strict";
import type { Experiment } from "../../../lib/deploy/mod.ts";
import { filledIn, localServer } from "../../../lib/deploy/processes/local_server.ts";
import { localProcess } from "../../../lib/deploy/processes/local_process.ts";
import { planned } from "../scene.ts";
import { commanded, copies, deployment, ofKind } from "./made_up.ts";

const context = { ...planned, config_dir: "/configs" };
const server = (experiment: Experiment) => localServer(experiment, context);

Deno.test("a command is run as it is written, in the config's folder; its kind says how it is reached", () => {
  const found = server(
    commanded(["./serve", "--port", "{port}", "a b"], { metrics_url: "http://127.0.0.1:{port}/stats" }),
  );
  assert.deepEqual(found.command, ["/configs/serve", "--port", "{port}", "a b"]);
  assert.deepEqual(
    [found.cwd, found.health_path, found.base_path, found.first_port, found.copies, found.metrics_url],
    ["/configs", "/health", "/v1", null, 1, "http://127.0.0.1:{port}/stats"],
  );
});

Deno.test("what stands for port and number of a copy is filled in; a variable of the environment is not touched", () => {
  assert.equal(filledIn("a{port}-{copy} ${port} {other}", { port: 81, index: 2 }), "a81-2 ${port} {other}");
});

Deno.test("llama.cpp: a file or a repository of the Hub, with its counters switched on", () => {
  const here = ["--host", "127.0.0.1", "--port", "{port}"];
  assert.deepEqual(server(ofKind("llama_cpp", {}, { model_id: "m.gguf" })).command, [
    ...["llama-server", "-m", "m.gguf", "--alias", "m.gguf", "--metrics", ...here],
  ]);
  const hub = server(
    ofKind("llama_cpp", { cli_params: "-c 4096 --jinja" }, { model_id: "org/m-GGUF:Q4_K_M" }),
  );
  assert.deepEqual(hub.command, [
    ...["llama-server", "-hf", "org/m-GGUF:Q4_K_M", "--alias", "org/m-GGUF:Q4_K_M", "--metrics", ...here],
    ...["-c", "4096", "--jinja"],
  ]);
  assert.equal(hub.metrics_url, "http://127.0.0.1:{port}/metrics");
});

Deno.test("vLLM: spread over as many GPUs as tp_degree says; Ollama: the model is pulled and loaded before it is asked", () => {
  assert.deepEqual(server(ofKind("vllm", { tp_degree: 2 }, { model_id: "org/m" })).command, [
    ...["vllm", "serve", "org/m", "--host", "127.0.0.1", "--port", "{port}", "--tensor-parallel-size", "2"],
  ]);
  const ollama = server(ofKind("ollama", {}, { model_id: "m:1b", predictor: "ollama" }));
  assert.deepEqual([ollama.command, ollama.env, ollama.prepare], [
    ["ollama", "serve"],
    { OLLAMA_HOST: "127.0.0.1:{port}", OLLAMA_KEEP_ALIVE: "-1" },
    [["ollama", "pull", "m:1b"], ["ollama", "run", "m:1b", ""]],
  ]);
  assert.deepEqual([ollama.health_path, ollama.base_path, ollama.metrics_url], ["/api/version", "", null]);
});

Deno.test("a kind beside a command says whether the server has counters", () => {
  const container = { ...deployment().container, type: "llama_cpp" };
  const plain = commanded(["./llama-server", "{port}"], { container });
  assert.equal(server(plain).metrics_url, null);
  const counting = commanded(["./llama-server", "{port}", "--metrics"], { container });
  assert.equal(server(counting).metrics_url, "http://127.0.0.1:{port}/metrics");
});

Deno.test("an address of this machine in ep_name gives the first port, and copies get those after it", async () => {
  const plan = await localProcess.plan(
    commanded(["serve", "{port}"], copies(2), { ep_name: "http://localhost:8000/v1" }),
    context,
  );
  assert.deepEqual(
    plan.actions.map(({ what }) => what),
    [
      "serve 8000",
      "http://127.0.0.1:8000/health to answer 200, at most 1200 s",
      "serve 8001",
      "http://127.0.0.1:8001/health to answer 200, at most 1200 s",
      "each request goes to the copy with the least in flight",
    ].map((what) => what.trim()),
  );
  assert.equal(plan.billing, null);
});

Deno.test("a plan shows no secret: neither one that the config holds nor the token for the Hub", async () => {
  const env = { API_TOKEN: "abc123def", CACHE: "${CACHE_DIR}", AT: "127.0.0.1:{port}" };
  const plan = await localProcess.plan(commanded(["serve"], { env }), { ...context, has_hub_token: true });
  const command = plan.actions.find(({ kind }) => kind === "command");
  assert.deepEqual(command, {
    kind: "command",
    what: "serve",
    detail: "in /configs\nAPI_TOKEN=[redacted]\nCACHE=${CACHE_DIR}\nAT=127.0.0.1:{port}",
  });
  assert.ok(plan.actions.some(({ what }) => what.includes("HF_TOKEN")));
  assert.deepEqual(plan.needs, ["the program serve", "the variable CACHE_DIR of the environment"]);
  assert.equal(plan.tags["fmbench:run-id"], planned.run_id);
});

const container = (changes: Partial<ReturnType<typeof deployment>["container"]>) => ({
  container: { ...deployment().container, ...changes },
});
const serve = ["serve", "{port}"];
const refused: readonly (readonly [Experiment, RegExp])[] = [
  [
    ofKind(null),
    /nothing says which server to start\. Write process\.command, or .*llama_cpp, ollama, vllm, vllm_gpu/,
  ],
  [ofKind("djl"), /no command is known for inference_spec\.container_type: djl/],
  [commanded(["serve"]), /tells the server its port\. Write \{port\}/],
  [
    commanded(["serve", "8000"], copies(2), { ep_name: "http://127.0.0.1:8000" }),
    /tells the server its port/,
  ],
  [commanded(serve, copies("max")), /model_copies is max.*Write inference_spec\.model_copies: 1/],
  [commanded(serve, copies("auto")), /model_copies is auto/],
  [
    commanded(serve, {}, { ep_name: "http://example.com:80/v1" }),
    /started on this machine\. Write ep_name: http:\/\/127/,
  ],
  [
    commanded(serve, copies(3), { ep_name: "http://127.0.0.1:65534" }),
    /3 copies have no ports from 65534 on/,
  ],
  [commanded(serve, container({ balancer: "nginx" })), /Write inference_spec\.balancer: client/],
  [commanded(serve, container({ container_params: { a: 1 } })), /container_params is for containers/],
  [commanded(serve, container({ cli_params: "-x" })), /not added to process\.command/],
  [commanded(serve, container({ tp_degree: 2 })), /tp_degree has no effect/],
  [ofKind("llama_cpp", { cli_params: "-x $(id)" }), /of inference_spec\.cli_params a shell would take "\$"/],
  [commanded(serve, {}, { predictor: "bedrock" }), /bedrock reaches no server by a URL/],
];

Deno.test("what can't be run is refused with the key to change", async () => {
  for (const [experiment, reason] of refused) {
    await assert.rejects(localProcess.plan(experiment, context), reason);
  }
});

Deno.test("a port that the command has written in serves one copy, if ep_name names it", () => {
  const found = server(commanded(["serve", "8000"], {}, { ep_name: "http://127.0.0.1:8000" }));
  assert.equal(found.first_port, 8000);
});
