import assert from "node:assert/strict";
import type { DeployContext, Experiment, Resource } from "../../../lib/deploy/mod.ts";
import { owed, readLedger, record, removeAll } from "../../../lib/deploy/mod.ts";
import { localProcessTarget } from "../../../lib/deploy/processes/local_process.ts";
import { listProcesses } from "../../../lib/deploy/processes/process_table.ts";
import { markedTrees, processesOf } from "../../../lib/deploy/processes/process_tree.ts";
import { eventually, scene } from "../scene.ts";
import { commanded, copies, fakeCommand, ofKind } from "./made_up.ts";

const linux = Deno.build.os === "linux";
const target = localProcessTarget({ grace_ms: 300, ready_timeout_ms: 20_000 });
const here = Deno.env.toObject();

/** A scene whose servers are gone when it is over, whatever happened. */
async function withScene(
  work: (scene: { run: string; context: DeployContext; logged: string[] }) => Promise<void>,
  changes: Partial<DeployContext> = {},
): Promise<void> {
  const { run, context, logged } = await scene();
  try {
    await work({ run, context: { ...context, env: here, ...changes }, logged });
  } finally {
    for (const resource of owed(run)) await target.remove(resource, removal(run));
    await Deno.remove(run, { recursive: true });
  }
}

const removal = (run_dir: string) => ({ run_dir, env: {}, log: () => {} });
const treeOf = ({ id, tags }: Resource) => ({
  nonce: tags["nonce"]!,
  first: { pid: Number(id), started: tags["started"]! },
});
const exists = async (pid: number) => (await listProcesses()).some((entry) => entry.pid === pid);
const logOf = (run: string, name: string) => Deno.readTextFile(`${run}/models/processes/${name}.log`);

Deno.test("two copies answer on ports of their own, and the end of both is the end of all that they started", async () => {
  await withScene(async ({ run, context, logged }) => {
    const experiment = commanded(fakeCommand(linux ? "family" : "plain"), copies(2));
    const endpoint = await target.deploy(experiment, context);
    assert.equal(endpoint.replicas?.length, 2);
    assert.equal(endpoint.url, endpoint.replicas?.[0]);
    assert.match(endpoint.url, /^http:\/\/127\.0\.0\.1:\d+\/v1$/);
    assert.deepEqual([endpoint.deployed, endpoint.simulated, endpoint.deployer], [
      true,
      false,
      "local_process",
    ]);
    assert.ok(endpoint.ready_after_s! > 0 && endpoint.ready_after_s! < 20);
    assert.equal(endpoint.observed?.process_ids?.length, 2);
    assert.equal(await target.isAlive(endpoint), true);
    assert.match(
      logged[0]!,
      /^local-0: .* answers at http:\/\/127\.0\.0\.1:\d+ after [\d.]+ s \(process \d+\)$/,
    );
    const resources = owed(run);
    assert.deepEqual(resources.map(({ name }) => name), ["local-0", "local-1"]);
    assert.deepEqual(readLedger(run).slice(0, 2).map(({ event, id }) => [event, id !== null]), [
      ["intent", false],
      ["created", true],
    ]);
    const processes = await Promise.all(resources.map((resource) => processesOf(treeOf(resource))));
    // On Linux the server and a shell that has no mark; and the sleeps of the shell as they come and go.
    if (linux) assert.ok(processes.every(({ length }) => length >= 2), JSON.stringify(processes));
    for (const resource of resources) {
      assert.equal(await target.remove(resource, removal(run)), "removed");
    }
    for (const pid of processes.flat()) assert.equal(await exists(pid), false, `process ${pid}`);
    assert.equal(await target.isAlive(endpoint), false);
    for (const resource of resources) {
      assert.equal(await target.remove(resource, removal(run)), "already gone");
    }
  });
});

Deno.test("a server gets our environment without what names a secret, the token for the Hub and what the config says", async () => {
  const env = { ...here, MY_API_KEY: "sesame-open-1", PASSED: "passed-value", PLAIN: "plain-value" };
  const hubToken = () => Promise.resolve("hub-token-of-mine");
  await withScene(async ({ run, context }) => {
    const own = { AT: "127.0.0.1:{port}/{copy}", GIVEN: "${PASSED}", KEY_OF_SERVER_TOKEN: "${MY_API_KEY}" };
    const endpoint = await target.deploy(commanded(fakeCommand(), { env: own }), context);
    const { env: got, args } = JSON.parse(await logOf(run, "local-0"));
    const { port } = new URL(endpoint.url);
    assert.deepEqual(
      [got.AT, got.GIVEN, got.PLAIN, got.HF_TOKEN, got.MY_API_KEY, got.KEY_OF_SERVER_TOKEN],
      [`127.0.0.1:${port}/0`, "passed-value", "plain-value", "hub-token-of-mine", undefined, "sesame-open-1"],
    );
    assert.deepEqual(args, [port, "plain"]);
    const ledger = await Deno.readTextFile(`${run}/models/ledger.jsonl`);
    assert.doesNotMatch(ledger + args.join(), /hub-token-of-mine|sesame|passed-value/);
    await removeAll(run);
  }, { env, hubToken });
});

Deno.test("a variable that is not set is named, and nothing is created", async () => {
  await withScene(async ({ run, context }) => {
    const experiment = commanded(fakeCommand(), { env: { A: "${NOT_SET_ANYWHERE}" } });
    await assert.rejects(
      target.deploy(experiment, context),
      /env\.A stands for the variable NOT_SET_ANYWHERE/,
    );
    assert.deepEqual(readLedger(run), []);
  });
});

Deno.test("a program that is not there is refused with where to get it", async () => {
  await withScene(async ({ run, context }) => {
    const experiment: Experiment = commanded(["no-such-server", "{port}"]);
    await assert.rejects(
      target.deploy(experiment, context),
      /there is no program no-such-server\. Install it, or write its whole path/,
    );
    assert.deepEqual(readLedger(run), []);
  });
});

Deno.test("an early end is told with the last lines of the log, without the token; what is left is nothing", async () => {
  await withScene(async ({ run, context }) => {
    const failure = await target.deploy(commanded(fakeCommand("broken")), context).catch((error) =>
      error.message
    );
    assert.match(failure, /local-0.*it ended with 3 before it was ready/);
    assert.match(failure, /loading the model with \[redacted\]\nno room for the model/);
    assert.equal(await target.remove(owed(run)[0]!, removal(run)), "already gone");
  }, { hubToken: () => Promise.resolve("hub-token-of-mine") });
});

Deno.test("a server that is never ready is given up after ready_timeout_seconds, and can be removed", async () => {
  await withScene(async ({ run, context }) => {
    const experiment = commanded(fakeCommand("never"), { ready_timeout_seconds: 1 });
    await assert.rejects(
      target.deploy(experiment, context),
      /did not answer 200 within 1 s; last: (503|ECONNREFUSED).*ready_timeout_seconds/s,
    );
    assert.equal(await target.remove(owed(run)[0]!, removal(run)), "removed");
  });
});

Deno.test("a stop while it is waited for leaves the server in the ledger, and no second copy", async () => {
  const stop = new AbortController();
  const waited: string[] = [];
  const waiting = (what: string) => {
    waited.push(what);
    stop.abort(new Error("stopped"));
  };
  await withScene(async ({ run, context }) => {
    await assert.rejects(target.deploy(commanded(fakeCommand("never"), copies(2)), context), /stopped/);
    assert.match(waited[0]!, /^local-0: waiting for http:\/\/127\.0\.0\.1:\d+\/health$/);
    assert.deepEqual(owed(run).map(({ name, id }) => [name, id !== null]), [["local-0", true]]);
  }, { signal: stop.signal, waiting });
});

Deno.test("deployed again it goes on as it is; with another command it is replaced, with fewer copies the rest is removed", async () => {
  await withScene(async ({ run, context }) => {
    const first = await target.deploy(commanded(fakeCommand(), copies(2)), context);
    const again = await target.deploy(commanded(fakeCommand(), copies(2)), context);
    assert.deepEqual([again.replicas, again.observed], [first.replicas, first.observed]);
    assert.equal(again.ready_after_s, undefined);
    const one = await target.deploy(commanded(fakeCommand()), context);
    assert.equal(one.url, first.url);
    assert.deepEqual(owed(run).map(({ name }) => name), ["local-0"]);
    const other = await target.deploy(commanded(fakeCommand("late")), context);
    assert.notDeepEqual(other.observed, first.observed);
    assert.equal(await exists(first.observed!.process_ids![0]!), false);
  });
});

Deno.test({
  name: "a port that is taken is refused with who has it",
  ignore: !linux,
  async fn() {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    await withScene(async ({ context }) => {
      const experiment = commanded(fakeCommand(), {}, { ep_name: `http://127.0.0.1:${port}/v1` });
      await assert.rejects(
        target.deploy(experiment, context),
        new RegExp(`port ${port} is taken by .* \\(process ${Deno.pid}\\)`),
      );
    });
    listener.close();
  },
});

Deno.test({
  name: "an intent without an id is found by its nonce; so is everything with our tags",
  ignore: !linux,
  async fn() {
    await withScene(async ({ run, context }) => {
      const endpoint = await target.deploy(commanded(fakeCommand()), context);
      const [created] = owed(run) as [Resource];
      const found = (await target.findTagged!({ regions: [], env: {}, log: () => {} }))
        .filter(({ tags }) => tags["nonce"] === created.tags["nonce"]);
      assert.deepEqual(found.map(({ name, id, ownership }) => [name, id, ownership]), [
        ["local-0", created.id, context.ownership],
      ]);
      const { started: _, ...tags } = created.tags;
      assert.equal(await target.remove({ ...created, id: null, tags }, removal(run)), "removed");
      assert.equal(await target.isAlive(endpoint), false);
      assert.equal(await target.remove(found[0]!, removal(run)), "already gone");
    });
  },
});

Deno.test("somebody else's process with the same id is left alone", async () => {
  const stranger = new Deno.Command(Deno.execPath(), {
    args: ["eval", "setInterval(() => {}, 1000)"],
    detached: true,
  }).spawn();
  await withScene(async ({ run }) => {
    const resource: Resource = {
      kind: "local_process",
      name: "local-0",
      id: String(stranger.pid),
      tags: { nonce: crypto.randomUUID(), started: "long ago" },
    };
    record(run, "created", resource);
    assert.equal(await target.remove(resource, removal(run)), "already gone");
    assert.equal(await exists(stranger.pid), true);
  });
  stranger.kill("SIGKILL");
  await stranger.status;
});

Deno.test({
  name: "a server outlives a Ctrl-C and the end of what started it",
  ignore: !linux,
  async fn() {
    await withScene(async ({ run, context }) => {
      const program = new URL("./deploying_program.ts", import.meta.url).pathname;
      const parent = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--quiet", program, run],
        stdout: "piped",
        detached: true,
      }).spawn();
      const reader = parent.stdout.pipeThrough(new TextDecoderStream()).getReader();
      const { value } = await reader.read();
      assert.equal(value?.trim(), "deployed");
      // To the whole group, as a terminal does.
      Deno.kill(-parent.pid, "SIGINT");
      await parent.status;
      await reader.cancel();
      const [created] = owed(run) as [Resource];
      assert.equal(await exists(Number(created.id)), true);
      assert.equal(
        await fetch(`${created.tags["origin"]}/health`).then((answer) =>
          answer.body?.cancel().then(() => answer.status)
        ),
        200,
      );
      assert.equal(await target.remove(created, { ...removal(run), clock: context.clock! }), "removed");
      await eventually(async () => !await exists(Number(created.id)));
    });
    assert.deepEqual((await markedTrees()).filter(({ mark }) => mark.name === "outliving-0"), []);
  },
});

Deno.test("what has to be done before the first request is done once the server is healthy, with its port", async () => {
  await withScene(async ({ run, context }) => {
    // A program that stands for Ollama: it serves, and notes what else it is asked to do.
    const bin = `${run}/bin`;
    await Deno.mkdir(bin);
    const [deno, ...args] = fakeCommand().slice(0, -2);
    const serve = `exec ${deno} ${args.join(" ")} "\${OLLAMA_HOST#*:}" plain`;
    await Deno.writeTextFile(
      `${bin}/ollama`,
      `#!/bin/sh\n[ "$1" = serve ] && ${serve}\necho "$OLLAMA_HOST|$1|$2|$3|$#" >> "${run}/asked"\n` +
        `[ "$2" != bad ] || { echo "no such model" >&2; exit 1; }\n`,
      { mode: 0o755 },
    );
    const env = { ...here, PATH: `${bin}:${here["PATH"]}` };
    const endpoint = await target.deploy(ofKind("ollama", {}, { name: "local", model_id: "m:1b" }), {
      ...context,
      env,
    });
    const { host } = new URL(endpoint.url);
    assert.deepEqual((await Deno.readTextFile(`${run}/asked`)).trim().split("\n"), [
      `${host}|pull|m:1b||2`,
      `${host}|run|m:1b||3`,
    ]);
    await assert.rejects(
      target.deploy(ofKind("ollama", {}, { name: "local", model_id: "bad" }), { ...context, env }),
      /local-0": `ollama pull bad` failed: no such model/,
    );
  });
});
