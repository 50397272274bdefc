/** Containers on a real podman, and on docker's client in front of it. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DeploymentSpec } from "../../../lib/core/mod.ts";
import {
  type DeployContext,
  owed,
  readEndpoints,
  readLedger,
  record,
  type Resource,
} from "../../../lib/deploy/mod.ts";
import { nginxImage } from "../../../lib/deploy/containers/nginx_config.ts";
import { eventually, scene } from "../scene.ts";
import { openPodman, type Podman, serverImage } from "./runtime_podman.ts";
import { c5, containerExperiment, freePorts, spec, targetOn } from "./runtime_scene.ts";

/** Two cores with one thread each, as any machine of CI has. */
const target = targetOn({ ...c5, cpus: 2, threads_per_core: 1 });
const label = "label=fmbench.dev/run-id";

Deno.test("containers on a real engine", async (step) => {
  const podman = await openPodman();
  if (typeof podman === "string") return console.warn(`SKIPPED: the tests on a real podman; ${podman}`);
  await using _podman = podman;
  await step.step(
    "podman: two copies behind nginx stream, share requests, and leave nothing",
    () => behindNginx(podman),
  );
  await step.step("podman: a server that ends says why, and is removed", () => thatEnds(podman));
  await step.step("podman: paused and never started containers are removed", () => inOtherStates(podman));
  await step.step(
    "podman: kill -9 between intent and id leaves what cleanup finds by its label",
    () => cutOff(podman),
  );
  await step.step(
    "docker's client over podman's service: two copies, for the client to share out",
    () => dockers(podman),
  );
  await step.step(
    "podman: a whole run by the command line deploys, measures two copies, and removes them",
    () => wholeRun(podman),
  );
});

/** A run whose engine is the real one. */
async function real(podman: Podman, more: Record<string, string> = {}) {
  const { run, context, logged } = await scene();
  return {
    run,
    logged,
    context: { ...context, env: { ...podman.env, ...more } } satisfies DeployContext,
    port: freePorts(4),
    async [Symbol.asyncDispose]() {
      await podman.run("rm", "--all", "--force", "--time", "0");
      await Deno.remove(run, { recursive: true });
    },
  };
}

function experimentAt(
  port: number,
  changes: Partial<DeploymentSpec>,
  container: Partial<DeploymentSpec["container"]>,
) {
  return containerExperiment(port, {
    image_uri: serverImage,
    container: { ...spec.container, ...container },
    ec2: { ...spec.ec2, container_engine: "podman" },
    ...changes,
  });
}

interface Details {
  readonly HostConfig: { CpusetCpus: string; ShmSize: number; NetworkMode: string };
  readonly Config: { Env: string[]; Labels: Record<string, string>; Image: string };
  readonly Mounts: { Source: string; Destination: string; RW: boolean }[];
}

async function inspected(podman: Podman, name: string): Promise<Details> {
  return (JSON.parse(await podman.run("container", "inspect", name)) as Details[])[0]!;
}

/** Youngest first, as a removal goes. */
async function removeAll(run: string, context: DeployContext): Promise<void> {
  for (const resource of owed(run).reverse()) {
    assert.equal(await target.remove(resource, context), "removed");
    record(run, "deleted", resource);
  }
  assert.deepEqual(owed(run), []);
}

/** No container of ours, whatever state it may be in. */
async function expectNoneLeft(podman: Podman): Promise<void> {
  assert.equal(await podman.run("ps", "--all", "--quiet", "--filter", label), "");
}

/** When the pieces of an answer came, and who sent them. */
async function streamed(url: string): Promise<{ host: string; gap_ms: number }> {
  const times: number[] = [];
  let text = "";
  const answer = await fetch(`${url}/stream`);
  for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) {
    times.push(performance.now());
    text += piece;
  }
  const host = /data: (\w+)/.exec(text)?.[1] ?? "";
  return { host, gap_ms: (times.at(-1) ?? 0) - (times[0] ?? 0) };
}

async function behindNginx(podman: Podman): Promise<void> {
  await using at = await real(podman, { MY_KEY: "a-key-that-nobody-knows" });
  const experiment = experimentAt(
    at.port,
    { env: { LOAD_MS: "700", API_KEY: "${MY_KEY}" } },
    { model_copies: 2, balancer: "nginx", shm_size: "96m" },
  );
  const endpoint = await target.deploy(experiment, at.context);
  const names = ["1", "2", "nginx"].map((suffix) => `fmbench-first-one-1a2b3c-${suffix}`);
  assert.deepEqual(endpoint.observed?.containers, { engine: "podman", names });
  assert.equal(endpoint.url, `http://127.0.0.1:${at.port}/v1`);
  // The server loads for 0.7 s.
  assert.ok((endpoint.ready_after_s ?? 0) >= 0.7, `${endpoint.ready_after_s}`);
  assert.deepEqual(owed(at.run).map(({ name }) => name), names);

  // Two at once go to two copies, and the halves of an answer, 0.4 s apart, come apart.
  const answers = await Promise.all([streamed(endpoint.url), streamed(endpoint.url)]);
  assert.equal(new Set(answers.map(({ host }) => host)).size, 2);
  for (const { gap_ms } of answers) assert.ok(gap_ms > 250, `${gap_ms} ms apart`);
  for (const url of endpoint.observed?.metrics_urls ?? []) {
    assert.equal(await (await fetch(url)).text(), "server_up 1\n");
  }

  const [one, two, nginx] = await Promise.all(names.map((name) => inspected(podman, name)));
  assert.deepEqual([one?.HostConfig.CpusetCpus, two?.HostConfig.CpusetCpus], ["0", "1"]);
  assert.equal(one?.HostConfig.ShmSize, 96 * 2 ** 20);
  assert.ok(one?.Config.Env.includes("API_KEY=a-key-that-nobody-knows"));
  assert.equal(one?.Config.Labels["fmbench.dev/owner"], "ada");
  const cache = one?.Mounts.find(({ Destination }) => Destination === "/root/.cache/huggingface/hub");
  assert.deepEqual([cache?.Source, cache?.RW], [
    join(podman.env["HOME"] ?? "", ".cache/huggingface/hub"),
    true,
  ]);
  assert.equal(nginx?.HostConfig.NetworkMode, "host");
  assert.equal(nginx?.Config.Image, nginxImage);
  assert.equal(nginx?.Mounts.find(({ Destination }) => Destination === "/etc/nginx/nginx.conf")?.RW, false);

  const found = await target.findTagged!({ regions: [], env: at.context.env, log: () => {} });
  assert.deepEqual(
    found.filter(({ tags }) => tags["engine"] === "podman").map(({ name }) => name).sort(),
    names,
  );
  const again = await target.deploy(experiment, at.context);
  assert.equal(again.ready_after_s, undefined);
  assert.equal(owed(at.run).length, 3);

  await removeAll(at.run, at.context);
  await expectNoneLeft(podman);
  for (const port of [at.port, at.port + 1, at.port + 2]) {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
  }
}

async function thatEnds(podman: Podman): Promise<void> {
  await using at = await real(podman);
  const experiment = experimentAt(at.port, { env: { EXIT_CODE: "3" } }, {});
  await assert.rejects(
    target.deploy(experiment, at.context),
    /its container is (exited|stopped) \(code 3\); the end of its log:\n(.*\n)*out of memory on every device/,
  );
  await removeAll(at.run, at.context);
  await expectNoneLeft(podman);
}

async function inOtherStates(podman: Podman): Promise<void> {
  await using at = await real(podman);
  await target.deploy(experimentAt(at.port, {}, {}), at.context);
  const [resource] = owed(at.run);
  await podman.run("pause", resource?.id ?? "");
  assert.equal(await target.remove(resource!, at.context), "removed");
  assert.equal(await target.remove(resource!, at.context), "already gone");
  const nonce = crypto.randomUUID();
  const tags = { ...resource!.tags, "fmbench.dev/nonce": nonce };
  const created: Resource = { ...resource!, id: null, tags };
  // A stranger has the name by now.
  await podman.run("create", "--name", resource?.name ?? "", serverImage);
  assert.equal(await target.remove(created, at.context), "already gone");
  await podman.run("rename", resource?.name ?? "", "stranger");
  await podman.run(
    "create",
    "--name",
    resource?.name ?? "",
    "--label",
    `fmbench.dev/nonce=${nonce}`,
    serverImage,
  );
  assert.equal(await target.remove(created, at.context), "removed");
  assert.equal(await podman.run("ps", "--all", "--format", "{{.Names}}"), "stranger");
  await podman.run("rm", "stranger");
}

/** A client that never says which id it got, and a program that is killed while it waits for that. */
async function cutOff(podman: Podman): Promise<void> {
  await using at = await real(podman);
  const bin = join(at.run, "bin");
  const marker = join(at.run, "started");
  await Deno.mkdir(bin);
  const path = podman.env["PATH"] ?? "";
  const wrapper = `#!/bin/sh
PATH='${path}'
[ "$1" = run ] || exec podman "$@"
podman "$@" >/dev/null
echo $$ > '${marker}.new'
mv '${marker}.new' '${marker}'
exec sleep 60
`;
  await Deno.writeTextFile(join(bin, "podman"), wrapper, { mode: 0o755 });
  const env = { ...podman.env, PATH: `${bin}:${path}` };
  const program = fileURLToPath(new URL("runtime_deploying.ts", import.meta.url));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", program, at.run, String(at.port)],
    env: { FMBENCH_TEST_ENV: JSON.stringify(env) },
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  await eventually(() => Deno.stat(marker).then(() => true, () => false));
  child.kill("SIGKILL");
  await child.status;
  Deno.kill(Number(await Deno.readTextFile(marker)), "SIGKILL");
  assert.deepEqual(owed(at.run).map(({ id }) => id), [null]);
  assert.notEqual(await podman.run("ps", "--quiet", "--filter", label), "");
  await removeAll(at.run, at.context);
  await expectNoneLeft(podman);
}

async function dockers(podman: Podman): Promise<void> {
  const there = await new Deno.Command("docker", { args: ["--version"], stdout: "null", stderr: "null" })
    .output()
    .then(({ success }) => success, () => false);
  if (!there) return console.warn("SKIPPED: docker's client over podman's service; there is no docker");
  await using service = await podman.service();
  await using at = await real(podman, { DOCKER_HOST: service.host });
  const ec2 = { ...spec.ec2, container_engine: "docker" as const };
  const experiment = experimentAt(at.port, { ec2 }, { model_copies: 2 });
  const endpoint = await target.deploy(experiment, at.context);
  assert.equal(endpoint.replicas?.length, 2);
  const hosts = await Promise.all((endpoint.replicas ?? []).map((url) => streamed(url)));
  assert.equal(new Set(hosts.map(({ host }) => host)).size, 2);
  assert.equal(endpoint.observed?.containers?.engine, "docker");
  const { DOCKER_HOST: _, ...without } = at.context.env;
  // By the address in the ledger.
  await removeAll(at.run, { ...at.context, env: without });
  await expectNoneLeft(podman);
}

/** Steps 0 to 6, on a machine that the config does not name, which it allows. */
async function wholeRun(podman: Podman): Promise<void> {
  await using at = await real(podman);
  const config = `
general: { name: containers }
s3_read_data: { source_data_files: [trading_post_qa.jsonl], prompt_template_file: question_answering.txt }
datasets:
  prompt_template_keys: [input, context]
  ground_truth_col_key: answers
  question_col_key: input
  filters: [{ language: en, max_length_in_tokens: 500 }]
metrics: { dataset_of_interest: en_0-500 }
load: { requests: 4, warmup_requests: 0 }
inference_parameters: { short: { temperature: 0, max_tokens: 20 } }
experiments:
  - name: two copies
    model_id: m
    ep_name: http://127.0.0.1:${at.port}
    instance_type: workstation
    price_per_hour: 1
    deploy: yes
    deployment_script: ec2_deploy.py
    inference_script: openai_chat
    image_uri: ${serverImage}
    ec2: { any_machine: yes, container_engine: podman }
    inference_spec: { container_type: vllm, model_copies: 2, parameter_set: short }
    concurrency_levels: [2]
`;
  const file = join(at.run, "config.yml");
  await Deno.writeTextFile(file, config);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", fileURLToPath(new URL("../../../lib/cli.ts", import.meta.url)), "run"],
      ...["--config-file", file, "--results-dir", at.run, "--json", "--quiet"],
    ],
    env: { ...at.context.env, DENO_DIR: await denoDir() },
    stdin: "null",
  }).output();
  const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.equal(code, 0, String(error));
  const { status, resources_left, run_dir } = JSON.parse(out ?? "");
  assert.deepEqual([status, resources_left], ["finished", []]);
  const [endpoint] = await readEndpoints(run_dir);
  assert.deepEqual(endpoint?.replicas, [at.port, at.port + 1].map((port) => `http://127.0.0.1:${port}/v1`));
  const events = readLedger(run_dir).map(({ event, name }) => `${event} ${name.split("-").at(-1)}`);
  // The youngest goes first.
  assert.deepEqual(events, ["intent 1", "created 1", "intent 2", "created 2", "deleted 2", "deleted 1"]);
  await expectNoneLeft(podman);
}

/** With a home of its own, a program would fetch its packages again. */
async function denoDir(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}
