import assert from "node:assert/strict";
import { join } from "node:path";
import type { Machine } from "../../../lib/deploy/containers/containers_plan.ts";
import { instanceType } from "../../../lib/deploy/containers/runtime/instance_metadata.ts";
import { expectMachine } from "../../../lib/deploy/containers/runtime/machine_check.ts";
import { probeMachine, type ProbeSettings } from "../../../lib/deploy/containers/runtime/machine_probe.ts";
import { chooseEngine, openEngine } from "../../../lib/deploy/containers/runtime/engine.ts";
import { c5, containerExperiment, fakeScene, spec } from "./runtime_scene.ts";

/** Programs that say what they are given to say. */
async function tools(said: Readonly<Record<string, { text: string; code?: number }>>) {
  const folder = await Deno.makeTempDir();
  for (const [name, { text, code = 0 }] of Object.entries(said)) {
    const script = `#!/bin/sh\ncat <<'END'\n${text}\nEND\nexit ${code}\n`;
    await Deno.writeTextFile(join(folder, name), script, { mode: 0o755 });
  }
  const settings: ProbeSettings = {
    nvidia_smi: ["nvidia-smi"],
    neuron_ls: ["neuron-ls"],
    device_folder: folder,
    threads_file: join(folder, "siblings"),
  };
  return {
    folder,
    settings,
    env: { PATH: `${folder}:/usr/bin:/bin` },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

Deno.test("GPUs are those that nvidia-smi lists", async () => {
  await using machine = await tools({ "nvidia-smi": { text: "0\n1\n2\n3" } });
  const { machine: found, said } = await probeMachine("g5.12xlarge", machine.env, machine.settings);
  assert.deepEqual([found.kind, found.accelerators, found.instance_type], ["gpu", 4, "g5.12xlarge"]);
  assert.deepEqual(said, []);
  assert.ok((found.memory_gib ?? 0) > 0 && found.cpus > 0);
});

Deno.test("a machine without either tool is one of processors, never of Neuron", async () => {
  await using machine = await tools({});
  const { machine: found, said } = await probeMachine(null, machine.env, machine.settings);
  assert.deepEqual([found.kind, found.accelerators, found.cores_per_device], ["cpu", 0, 1]);
  assert.deepEqual(said, ["there is no nvidia-smi", "there is no neuron-ls"]);
});

Deno.test("a driver that does not answer is told in its own words", async () => {
  const text = "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.";
  await using machine = await tools({ "nvidia-smi": { text, code: 9 } });
  const probed = await probeMachine("g5.xlarge", machine.env, machine.settings);
  assert.equal(probed.machine.kind, "cpu");
  const experiment = { ...containerExperiment(1), instance_type: "g5.xlarge" };
  assert.throws(
    () => expectMachine(experiment, probed),
    /0 GPUs are found on this g5\.xlarge; nvidia-smi says: NVIDIA-SMI has failed .*; expected the 1 that the type has/,
  );
});

Deno.test("Neuron devices and their cores are those that neuron-ls lists", async () => {
  const device = (neuron_device: number) => ({ neuron_device, nc_count: 2, memory_size: 34359738368 });
  await using machine = await tools({ "neuron-ls": { text: JSON.stringify([0, 1, 2].map(device)) } });
  const { machine: found } = await probeMachine(null, machine.env, machine.settings);
  assert.deepEqual([found.kind, found.accelerators, found.cores_per_device], ["neuron", 3, 2]);
});

Deno.test("where neuron-ls has another form, devices are counted; cores are those of the type", async () => {
  await using machine = await tools({
    "neuron-ls": { text: "unknown flag: --json-output", code: 1 },
    neuron0: { text: "" },
    neuron1: { text: "" },
    neuron_other: { text: "" },
  });
  // trn2.48xlarge has 16 of them; what is there counts. Applications see 4 cores on a Trainium2.
  const { machine: found } = await probeMachine("trn2.48xlarge", machine.env, machine.settings);
  assert.deepEqual([found.kind, found.accelerators, found.cores_per_device], ["neuron", 2, 4]);
  const unknown = await probeMachine(null, machine.env, machine.settings);
  assert.equal(unknown.machine.kind, "cpu");
  assert.match(unknown.said[1] ?? "", /there are 2 Neuron devices, but neuron-ls does not say/);
});

Deno.test("the metadata service is asked with a token, and the machine's type is what it says", async () => {
  const asked: string[] = [];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname } = new URL(request.url);
    asked.push(`${request.method} ${pathname}`);
    if (request.method === "PUT") {
      return new Response(request.headers.get("x-aws-ec2-metadata-token-ttl-seconds") === "60" ? "T" : "");
    }
    const allowed = request.headers.get("x-aws-ec2-metadata-token") === "T";
    return allowed ? new Response("g5.xlarge") : new Response("", { status: 401 });
  });
  const env = { AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${server.addr.port}` };
  assert.equal(await instanceType(env), "g5.xlarge");
  assert.deepEqual(asked, ["PUT /latest/api/token", "GET /latest/meta-data/instance-type"]);
  assert.equal(await instanceType({ ...env, AWS_EC2_METADATA_DISABLED: "true" }), null);
  assert.equal(asked.length, 2);
});

Deno.test("a machine without a metadata service has no type, soon", async () => {
  const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = closed.addr as Deno.NetAddr;
  closed.close();
  assert.equal(
    await instanceType({ AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${port}` }),
    null,
  );
  // The system takes the connection, and nobody ever reads it.
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const env = { AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${(silent.addr as Deno.NetAddr).port}` };
  assert.equal(await instanceType(env), null);
});

Deno.test("another machine than the config's is refused with both types, unless any will do", () => {
  const experiment = containerExperiment(1);
  const on = (machine: Machine) => () => expectMachine(experiment, { machine, said: [] });
  assert.doesNotThrow(on(c5));
  assert.throws(
    on({ ...c5, instance_type: "c5.2xlarge" }),
    /an instance of type c5\.2xlarge, and instance_type is c5\.xlarge; .*write instance_type: c5\.2xlarge, or .*any_machine: yes/,
  );
  assert.throws(
    on({ ...c5, instance_type: null }),
    /is no instance of EC2, or can't reach its metadata service, and instance_type is c5\.xlarge/,
  );
  const any = containerExperiment(1, { ec2: { ...spec.ec2, any_machine: true } });
  expectMachine(any, { machine: { ...c5, instance_type: null }, said: [] });
});

Deno.test("docker is taken, or else podman, or the one that the config names", async () => {
  await using both = await fakeScene(["docker", "podman"]);
  assert.equal((await chooseEngine(null, both.context.env)).name, "docker");
  assert.equal((await chooseEngine("podman", both.context.env)).name, "podman");
  await using one = await fakeScene(["podman"]);
  assert.equal((await chooseEngine(null, one.context.env)).name, "podman");
  await assert.rejects(chooseEngine("docker", one.context.env), /no `docker` in PATH.* Install one/);
  await assert.rejects(
    chooseEngine(null, { PATH: "/nowhere" }),
    /there is no `docker` in PATH, and there is no `podman` in PATH\. Install one, e\.g\. `sudo dnf install docker/,
  );
});

Deno.test("an engine that does not answer is told with what makes it answer", async () => {
  await using scene = await fakeScene();
  await scene.behave({ broken: "Cannot connect to the Docker daemon. Is the docker daemon running?" });
  await assert.rejects(chooseEngine(null, scene.context.env), /Cannot connect.* Start it: `sudo systemctl/);
  await scene.behave({ broken: "permission denied while trying to connect" });
  await assert.rejects(chooseEngine(null, scene.context.env), /permission denied.*usermod -aG docker/);
});

Deno.test("an engine that is stuck is given up", async () => {
  await using scene = await fakeScene();
  await scene.behave({ stuck: true });
  const engine = await openEngine("docker", scene.context.env, 300);
  assert.deepEqual(engine, { name: "docker", reason: "refused", said: "no answer within 0.3 s" });
});

Deno.test("an engine of another machine is refused: its servers would not be here", async () => {
  await using scene = await fakeScene();
  const at = (DOCKER_HOST: string) => chooseEngine("docker", { ...scene.context.env, DOCKER_HOST });
  await assert.rejects(
    at("tcp://10.0.0.7:2375"),
    /leads to another machine, 10\.0\.0\.7\. Unset DOCKER_HOST/,
  );
  await assert.rejects(at("ssh://ada@far"), /another machine, far/);
  assert.equal((await at("unix:///run/x.sock")).host, "unix:///run/x.sock");
  assert.equal((await at("tcp://127.0.0.1:2375")).name, "docker");
});
