import assert from "node:assert/strict";
import { UserError } from "../../lib/core/mod.ts";
import { owed, readLedger, record } from "../../lib/deploy/ledger.ts";
import { processesOf } from "../../lib/deploy/processes/process_tree.ts";
import { removeAll } from "../../lib/deploy/removal.ts";
import { simulated } from "../../lib/deploy/simulated.ts";
import { eventually, experiment, scene } from "./scene.ts";

const linux = Deno.build.os === "linux";

/** Deno's own resources of a child that is let go outlive the test on purpose. */
function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: !linux, sanitizeResources: false, sanitizeOps: false, fn });
}

const pidOf = (run: string) => Number(owed(run)[0]!.id);

test("deployed it answers, is in the ledger and in a session of its own; removed it is gone", async () => {
  const { run, context } = await scene();
  Deno.env.set("SCENE_API_KEY", "not-for-children");
  const endpoint = await simulated.deploy(experiment, context);
  assert.match(endpoint.url, /^http:\/\/127\.0\.0\.1:\d+\/v1$/);
  const { experiment_name, endpoint_name, deployed, simulated: embedded, instance_type } = endpoint;
  assert.deepEqual([experiment_name, endpoint_name, deployed, embedded, instance_type], [
    "small, first",
    "small",
    true,
    true,
    "sim-small",
  ]);
  assert.equal(await simulated.isAlive(endpoint), true);
  assert.deepEqual(readLedger(run).map(({ event }) => event), ["intent", "created"]);
  const pid = pidOf(run);
  // Fields of stat after the name in parentheses: state, parent, group, session.
  const stat = (await Deno.readTextFile(`/proc/${pid}/stat`)).split(") ")[1]!.split(" ");
  assert.equal(Number(stat[3]), pid);
  const environment = await Deno.readTextFile(`/proc/${pid}/environ`);
  assert.ok(environment.includes("PATH=") && !environment.includes("SCENE_API_KEY"), environment);

  const [removed, ...more] = await removeAll(run);
  assert.deepEqual([removed?.name, removed?.id, removed?.outcome], ["small, first", String(pid), "removed"]);
  assert.deepEqual(more, []);
  assert.equal(await simulated.isAlive(endpoint), false);
  assert.deepEqual(await removeAll(run), []);
  assert.equal(readLedger(run).at(-1)?.event, "deleted");
});

test("one that stands for AWS is in some region, and hears what its protocol has to be told", async () => {
  const { run, context } = await scene();
  const options = { latency_mode: "optimized" } as const;
  const endpoint = await simulated.deploy({ ...experiment, predictor: "bedrock", options }, context);
  assert.deepEqual([endpoint.region, endpoint.options], ["us-east-1", options]);
  assert.match(endpoint.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.equal(await simulated.isAlive(endpoint), true);
  await removeAll(run);
});

test("an endpoint that was killed is settled as already gone", async () => {
  const { run, context } = await scene();
  await simulated.deploy(experiment, context);
  const nonce = owed(run)[0]!.tags["nonce"]!;
  Deno.kill(pidOf(run), "SIGKILL");
  // Its port is closed before its last thread is gone, and until then there is something to end.
  await eventually(async () => (await processesOf({ nonce, first: null })).length === 0);
  assert.deepEqual((await removeAll(run)).map(({ outcome }) => outcome), ["already gone"]);
  assert.deepEqual(await removeAll(run), []);
});

test("a process that got the old id is left alone", async () => {
  const { run } = await scene();
  const stranger = new Deno.Command("sleep", { args: ["60"] }).spawn();
  const tags = { nonce: crypto.randomUUID(), started: "long ago" };
  record(run, "created", { kind: "simulated_endpoint", name: "e", id: String(stranger.pid), tags });
  assert.deepEqual((await removeAll(run)).map(({ outcome }) => outcome), ["already gone"]);
  // Still ours to kill: had it been ended, its status would say SIGTERM.
  stranger.kill("SIGUSR1");
  assert.equal((await stranger.status).signal, "SIGUSR1");
});

test("after a crash between intent and creation the process is found by its nonce", async () => {
  const { run, context } = await scene();
  const endpoint = await simulated.deploy(experiment, context);
  const nonce = owed(run)[0]!.tags["nonce"]!;
  assert.deepEqual(await processesOf({ nonce, first: null }), [pidOf(run)]);
  const [intent] = (await Deno.readTextFile(`${run}/models/ledger.jsonl`)).split("\n");
  await Deno.writeTextFile(`${run}/models/ledger.jsonl`, intent + "\n");
  assert.equal(owed(run)[0]?.id, null);
  assert.deepEqual((await removeAll(run)).map(({ outcome }) => outcome), ["removed"]);
  assert.equal(await simulated.isAlive(endpoint), false);
  assert.deepEqual(await processesOf({ nonce, first: null }), []);
});

test("an intent that came to nothing is settled", async () => {
  const { run } = await scene();
  const tags = { nonce: crypto.randomUUID() };
  record(run, "intent", { kind: "simulated_endpoint", name: "e", id: null, tags });
  assert.deepEqual((await removeAll(run)).map(({ outcome }) => outcome), ["already gone"]);
});

test("deploying again replaces the endpoint of before", async () => {
  const { run, context } = await scene();
  const first = await simulated.deploy(experiment, context);
  const second = await simulated.deploy(experiment, context);
  assert.deepEqual([await simulated.isAlive(first), await simulated.isAlive(second)], [false, true]);
  assert.equal(owed(run).length, 1);
  await removeAll(run);
});

test("an endpoint that can't start says why, and leaves nothing", async () => {
  const { run, context } = await scene();
  const unknown = { ...experiment, simulate: { profile: "huge", accuracy: 1, seed: 1, faults: null } };
  await assert.rejects(
    simulated.deploy(unknown, context),
    (error) => error instanceof UserError && error.message.includes('Cannot simulate the profile "huge"'),
  );
  await assert.rejects(
    simulated.deploy(experiment, { ...context, ready_timeout_ms: 1 }),
    /not ready within 1 ms/,
  );
  assert.deepEqual(owed(run), []);
});

test("what is to go wrong goes wrong there", async () => {
  const { run, context } = await scene();
  const faults = { reset_before_headers: [1], http_500: [2] };
  const simulate = { profile: "sim-small", accuracy: 1, seed: 1, faults };
  const { url } = await simulated.deploy({ ...experiment, simulate }, context);
  const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "?" }] });
  const ask = () => fetch(`${url}/chat/completions`, { method: "POST", body });
  await assert.rejects(ask());
  const response = await ask();
  assert.equal(response.status, 500);
  await response.body?.cancel();
  const lines = (await removeAll(run), await Deno.readTextFile(`${run}/simulate/small_first.jsonl`)).trim();
  assert.deepEqual(lines.split("\n").map((line) => JSON.parse(line).fault), [
    "reset_before_headers",
    "http_500",
  ]);
});

test("it outlives the process that deployed it", async () => {
  const { run } = await scene();
  const module = new URL("../../lib/deploy/mod.ts", import.meta.url).href;
  const script = `import { deploy } from ${JSON.stringify(module)};
    await deploy(${JSON.stringify(experiment)}, { run_dir: ${JSON.stringify(run)}, log() {} });
    Deno.kill(Deno.pid, "SIGKILL");`;
  await Deno.writeTextFile(`${run}/parent.ts`, script);
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const args = ["run", "-A", "--config", config, `${run}/parent.ts`];
  const { signal } = await new Deno.Command(Deno.execPath(), { args, stdout: "null", stderr: "inherit" })
    .output();
  assert.equal(signal, "SIGKILL");
  assert.deepEqual(await processesOf({ nonce: owed(run)[0]!.tags["nonce"]!, first: null }), [pidOf(run)]);
  assert.deepEqual((await removeAll(run)).map(({ outcome }) => outcome), ["removed"]);
});
