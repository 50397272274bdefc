import assert from "node:assert/strict";
import { join } from "node:path";
import type { DeploymentSpec } from "../../../lib/core/mod.ts";
import { owed, readLedger } from "../../../lib/deploy/mod.ts";
import { containers } from "../../../lib/deploy/containers/runtime/containers.ts";
import { eventually } from "../scene.ts";
import { c5, containerExperiment, fakeScene, quickTarget, spec, targetOn } from "./runtime_scene.ts";

const nonce = "fmbench.dev/nonce";
const copies = (model_copies: number, balancer: "client" | "nginx" = "client"): Partial<DeploymentSpec> => ({
  container: { ...spec.container, model_copies, balancer },
});
const nginxImage = "docker.io/library/nginx:1.28.0-alpine";

Deno.test("containers serve what ec2_deploy.py is asked for without a launch section", () => {
  const experiment = containerExperiment(8000);
  assert.equal(containers.serves(experiment), true);
  assert.equal(containers.serves({ ...experiment, deploy: false }), false);
  assert.equal(containers.serves({ ...experiment, deployment: null }), false);
  assert.equal(containers.serves(containerExperiment(8000, { script: "kubernetes" })), false);
  const launch = { ami: null, subnet_id: null } as unknown as NonNullable<DeploymentSpec["ec2"]["launch"]>;
  assert.equal(containers.serves(containerExperiment(8000, { ec2: { ...spec.ec2, launch } })), false);
});

Deno.test("a plan says every command, asks no engine, and shows no token", async () => {
  await using scene = await fakeScene();
  const experiment = containerExperiment(8000, {
    ...copies(2, "nginx"),
    image_uri: "763104351884.dkr.ecr.us-east-1.amazonaws.com/vllm:1",
  });
  const context = { ...scene.context, env: { ...scene.context.env, HF_TOKEN: "hf_0123456789abcdef" } };
  const plan = await quickTarget.plan(experiment, context);
  const said = plan.actions.map(({ kind, what }) => `${kind} ${what}`);
  const registry = "763104351884.dkr.ecr.us-east-1.amazonaws.com";
  assert.deepEqual(
    said.filter((line) => /GetAuth|login|pull|^wait|^file/.test(line)),
    [
      "call ecr:GetAuthorizationToken (us-east-1)",
      `command docker login --username AWS --password-stdin ${registry}`,
      `command docker pull ${registry}/vllm:1`,
      `command docker pull ${nginxImage}`,
      "file RUN/models/containers/first_one-92ccbf/nginx.conf",
      "wait fmbench-first-one-1a2b3c-1 to answer at port 8001, /health",
      "wait fmbench-first-one-1a2b3c-2 to answer at port 8002, /health",
      "wait fmbench-first-one-1a2b3c-nginx to answer at port 8000",
    ],
  );
  assert.equal(said.filter((line) => line.startsWith("command docker run --detach")).length, 3);
  assert.deepEqual(plan.removal.map(({ what }) => what).slice(0, 2), [
    "docker stop -t 1 fmbench-first-one-1a2b3c-nginx",
    "docker rm --force --volumes fmbench-first-one-1a2b3c-nginx",
  ]);
  assert.equal(plan.tags["fmbench.dev/run-id"], "20261122T100000Z-1a2b3c");
  assert.deepEqual(plan.billing, {
    instance_type: "c5.xlarge",
    instance_count: 1,
    per_hour: 1.5,
    currency: "USD",
  });
  assert.ok(!JSON.stringify(plan).includes("hf_0123"));
  assert.deepEqual(await scene.calls(), []);
});

Deno.test("an ep_name elsewhere, and more than one instance, are refused with what to write", async () => {
  await using scene = await fakeScene();
  const experiment = containerExperiment(8000);
  await assert.rejects(
    quickTarget.plan({ ...experiment, ep_name: "http://10.0.0.7:8000/v1" }, scene.context),
    /ep_name leads to 10\.0\.0\.7; .*`ec2: launch:` section .* or `deploy: no`/,
  );
  await assert.rejects(
    quickTarget.plan({ ...experiment, instance_count: 2 }, scene.context),
    /instance_count is 2.* Write instance_count: 1 and inference_spec\.model_copies/,
  );
});

Deno.test("a container is in the ledger before it is started, and its endpoint says where it is", async () => {
  await using scene = await fakeScene();
  const endpoint = await quickTarget.deploy(containerExperiment(scene.port), scene.context);
  const name = "fmbench-first-one-1a2b3c-1";
  const [one, ...others] = await scene.containers();
  assert.deepEqual(others, []);
  assert.equal(one?.name, name);
  const lines = readLedger(scene.run);
  assert.deepEqual(lines.map(({ event, kind, name, id }) => [event, kind, name, id]), [
    ["intent", "container", name, null],
    ["created", "container", name, one?.id],
  ]);
  assert.match(one?.labels[nonce] ?? "", /^[0-9a-f-]{36}$/);
  assert.equal(lines[0]?.tags[nonce], one?.labels[nonce]);
  assert.equal(one?.labels["fmbench.dev/run-id"], "20261122T100000Z-1a2b3c");
  assert.deepEqual(endpoint.observed, {
    containers: { engine: "docker", names: [name] },
    metrics_urls: [`http://127.0.0.1:${scene.port}/metrics`],
  });
  assert.equal(endpoint.url, `http://127.0.0.1:${scene.port}/v1`);
  assert.equal(endpoint.replicas, undefined);
  assert.equal(endpoint.deployed, true);
  assert.equal(endpoint.deployer, "containers");
  assert.ok((endpoint.ready_after_s ?? 0) > 0.02, `${endpoint.ready_after_s}`);
  assert.ok(scene.logged.some((line) => line.includes("localhost/server:1 (sha256:0123456789ab)")));
  assert.ok(scene.logged.some((line) => new RegExp(`${name} was ready after \\d+\\.\\d s`).test(line)));
});

Deno.test("a token and what the config refers to reach the container, and nothing else holds them", async () => {
  await using scene = await fakeScene();
  const token = "hf_SecretSecretSecret";
  const key = "a-key-that-nobody-knows";
  const experiment = containerExperiment(scene.port, { env: { API_KEY: "${MY_KEY}", PLAIN: "1" } });
  await quickTarget.deploy(experiment, {
    ...scene.context,
    env: { ...scene.context.env, MY_KEY: key },
    hubToken: () => Promise.resolve(token),
  });
  const [one] = await scene.containers();
  const { HF_TOKEN, HUGGING_FACE_HUB_TOKEN, API_KEY, PLAIN } = one?.env ?? {};
  assert.deepEqual([HF_TOKEN, HUGGING_FACE_HUB_TOKEN, API_KEY, PLAIN], [token, token, key, "1"]);
  const shown = [JSON.stringify(await scene.calls()), ...scene.logged, ...scene.waited];
  for await (const path of filesBelow(scene.run)) shown.push(await Deno.readTextFile(path));
  for (const secret of [token, key]) assert.ok(!shown.join("\n").includes(secret));
  assert.ok(JSON.stringify(await scene.calls()).includes('"--env","HF_TOKEN"'));
});

Deno.test("without a token the container gets none, and a variable that is not set is named", async () => {
  await using scene = await fakeScene();
  const experiment = containerExperiment(scene.port, { env: { API_KEY: "${MY_KEY}" } });
  await assert.rejects(
    quickTarget.deploy(experiment, scene.context),
    /its variable API_KEY takes its value from MY_KEY, which is not set\. Set MY_KEY/,
  );
  assert.deepEqual(owed(scene.run), []);
  await quickTarget.deploy(containerExperiment(scene.port), scene.context);
  const [one] = await scene.containers();
  assert.equal(one?.env["HF_TOKEN"], undefined);
});

Deno.test("copies have cores and ports of their own, and the client gets their addresses", async () => {
  await using scene = await fakeScene();
  const { port } = scene;
  const endpoint = await quickTarget.deploy(containerExperiment(port, copies(2)), scene.context);
  assert.deepEqual(endpoint.replicas, [`http://127.0.0.1:${port}/v1`, `http://127.0.0.1:${port + 1}/v1`]);
  assert.equal(endpoint.url, endpoint.replicas?.[0]);
  const runs = (await scene.calls()).filter(({ args }) => args[0] === "run").map(({ args }) => args);
  // Two cores with the threads 0, 2 and 1, 3.
  assert.deepEqual(runs.map((args) => args[args.indexOf("--cpuset-cpus") + 1]), ["0,2", "1,3"]);
  assert.equal(owed(scene.run).length, 2);
  assert.equal(await quickTarget.isAlive(endpoint), true);
});

Deno.test("nginx stands in front of copies, with an entry and a file of its own", async () => {
  await using scene = await fakeScene();
  await scene.behave({ images: ["localhost/server:1", nginxImage] });
  const { port } = scene;
  const endpoint = await quickTarget.deploy(containerExperiment(port, copies(2, "nginx")), scene.context);
  assert.equal(endpoint.url, `http://127.0.0.1:${port}/v1`);
  assert.equal(endpoint.replicas, undefined);
  assert.deepEqual(owed(scene.run).map(({ name }) => name.split("-").at(-1)), ["1", "2", "nginx"]);
  assert.deepEqual(endpoint.observed?.metrics_urls, [
    `http://127.0.0.1:${port + 1}/metrics`,
    `http://127.0.0.1:${port + 2}/metrics`,
  ]);
  const files: string[] = [];
  for await (const path of filesBelow(join(scene.run, "models", "containers"))) files.push(path);
  assert.equal(files.length, 1);
  const config = await Deno.readTextFile(files[0] ?? "");
  assert.ok(config.includes(`listen 127.0.0.1:${port} `));
  assert.ok(config.includes(`server 127.0.0.1:${port + 2} `));
});

Deno.test("containers that still run are used again; those of another recipe are removed first", async () => {
  await using scene = await fakeScene();
  const experiment = containerExperiment(scene.port);
  const first = await quickTarget.deploy(experiment, scene.context);
  const [one] = await scene.containers();
  const second = await quickTarget.deploy(experiment, scene.context);
  assert.deepEqual((await scene.containers()).map(({ id }) => id), [one?.id]);
  assert.equal(second.ready_after_s, undefined);
  assert.deepEqual({ ...second, ready_after_s: 0 }, { ...first, ready_after_s: 0 });
  await quickTarget.deploy(containerExperiment(scene.port, { env: { OTHER: "1" } }), scene.context);
  const now = await scene.containers();
  assert.equal(now.length, 1);
  assert.notEqual(now[0]?.id, one?.id);
  assert.deepEqual(owed(scene.run).map(({ id }) => id), [now[0]?.id]);
});

Deno.test("a copy that has ended in the meantime is not used again", async () => {
  await using scene = await fakeScene();
  const experiment = containerExperiment(scene.port, copies(2));
  const endpoint = await quickTarget.deploy(experiment, scene.context);
  const before = await scene.containers();
  const second = before.find(({ name }) => name.endsWith("-2"));
  Deno.kill(second?.pid ?? 0, "SIGKILL");
  await scene.set({ ...second!, status: "exited", pid: null });
  await eventually(async () => !await quickTarget.isAlive(endpoint));
  await quickTarget.deploy(experiment, scene.context);
  const after = await scene.containers();
  assert.equal(after.length, 2);
  assert.equal(after.filter(({ id }) => before.some((earlier) => earlier.id === id)).length, 0);
});

Deno.test("a container that ends gives its code and the end of its log, without secrets", async () => {
  await using scene = await fakeScene();
  const [token, key] = ["hf_SecretSecretSecret", "a-key-that-nobody-knows"];
  const log = `loading with ${token} and ${key}\nCUDA out of memory`;
  await scene.behave({ exits: { "-2": { code: 137, log } } });
  const experiment = containerExperiment(scene.port, { ...copies(2), env: { API_KEY: "${MY_KEY}" } });
  const deploying = quickTarget.deploy(experiment, {
    ...scene.context,
    env: { ...scene.context.env, MY_KEY: key },
    hubToken: () => Promise.resolve(token),
  });
  await assert.rejects(deploying, (error: Error) => {
    assert.match(error.message, /"fmbench-first-one-1a2b3c-2": its container is exited \(code 137\)/);
    assert.match(error.message, /loading with \[redacted\] and \[redacted\]\nCUDA out of memory/);
    return true;
  });
  // Both are still owed: whoever runs the step removes them.
  assert.equal(owed(scene.run).length, 2);
});

Deno.test("a server that is never ready is given up, with what it said last and the key of the limit", async () => {
  await using scene = await fakeScene();
  await scene.behave({ sick: ["-1"] });
  const experiment = containerExperiment(scene.port, { ready_timeout_seconds: 1 });
  await assert.rejects(
    quickTarget.deploy(experiment, scene.context),
    /\/health did not answer 200 within 1 s; at last: HTTP 503; the end of its log:\nit runs\n.*ready_timeout_seconds/s,
  );
  assert.ok(scene.waited.includes("fmbench-first-one-1a2b3c-1 loads the model"));
});

Deno.test("a model is pulled and loaded in the container once its server answers", async () => {
  await using scene = await fakeScene();
  const experiment = {
    ...containerExperiment(scene.port, { container: { ...spec.container, type: "ollama" } }),
    model_id: "m:1b",
  };
  await quickTarget.deploy(experiment, scene.context);
  const [one] = await scene.containers();
  const told = (await scene.calls()).map(({ args }) => args);
  assert.deepEqual(told.filter(([command]) => command === "exec"), [
    ["exec", one?.id, "ollama", "pull", "m:1b"],
    ["exec", one?.id, "ollama", "run", "m:1b", ""],
  ]);
  assert.ok(scene.waited.includes("fmbench-first-one-1a2b3c-1: ollama pull m:1b"));
  const cache = `${scene.context.env["HOME"]}/.ollama`;
  assert.ok((await Deno.stat(cache)).isDirectory);
  assert.ok(told.flat().includes(`type=bind,source=${cache},target=/root/.ollama`));
});

Deno.test("copies on GPUs have one each, and both are watched", async () => {
  await using scene = await fakeScene();
  const machine = { ...c5, kind: "gpu" as const, accelerators: 4, instance_type: "g5.12xlarge" };
  const experiment = {
    ...containerExperiment(scene.port, {
      container: { ...spec.container, type: "vllm_gpu", model_copies: 2 },
    }),
    instance_type: "g5.12xlarge",
  };
  const endpoint = await targetOn(machine).deploy(experiment, scene.context);
  assert.deepEqual(endpoint.observed?.gpus, [0, 1]);
  const runs = (await scene.calls()).filter(({ args }) => args[0] === "run").map(({ args }) => args);
  assert.deepEqual(runs.map((args) => args[args.indexOf("--gpus") + 1]), ["device=0", "device=1"]);
});

Deno.test("an experiment on a machine where another one's containers are hears of it", async () => {
  await using scene = await fakeScene();
  await quickTarget.deploy(containerExperiment(scene.port), scene.context);
  const other = { ...containerExperiment(scene.port + 1), name: "second" };
  await quickTarget.deploy(other, scene.context);
  assert.ok(scene.logged.includes("second: shares the machine with the containers of first one"));
  assert.equal((await scene.containers()).length, 2);
});

Deno.test("a port that is taken is refused before anything is created", async () => {
  await using scene = await fakeScene();
  using _listener = Deno.listen({ hostname: "127.0.0.1", port: scene.port + 1 });
  await assert.rejects(
    quickTarget.deploy(containerExperiment(scene.port, copies(2)), scene.context),
    new RegExp(`"${scene.port + 1}": something listens there already\\. .*\`ep_name\``),
  );
  assert.deepEqual(owed(scene.run), []);
  assert.equal((await scene.calls()).some(({ args }) => args[0] === "run"), false);
});

Deno.test("a step that is stopped creates nothing more, and the ledger says what is there", async () => {
  await using scene = await fakeScene();
  await scene.behave({ sick: ["-1"] });
  const stop = new AbortController();
  const context = {
    ...scene.context,
    signal: stop.signal,
    waiting: () => stop.abort(new Error("stopped by the user")),
  };
  await assert.rejects(quickTarget.deploy(containerExperiment(scene.port), context), /stopped by the user/);
  const [one] = await scene.containers();
  assert.deepEqual(owed(scene.run).map(({ id }) => id), [one?.id]);
  await assert.rejects(quickTarget.deploy(containerExperiment(scene.port), context), /stopped by the user/);
});

async function* filesBelow(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* filesBelow(path);
    else yield path;
  }
}
