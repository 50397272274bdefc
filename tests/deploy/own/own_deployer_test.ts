import assert from "node:assert/strict";
import { join } from "node:path";
import { ownTarget } from "../../../lib/deploy/own/own_deployer.ts";
import { type DeployContext, type Experiment, owed, readLedger } from "../../../lib/deploy/mod.ts";
import { projectRoot } from "../../../lib/pipeline/project.ts";
import { spec } from "../kubernetes/cluster_scene.ts";
import { eventually, experiment as simulated, scene, silentListener } from "../scene.ts";

const target = ownTarget({ ready_ms: 30_000, removal_ms: 30_000, grace_ms: 300 });

const experiment: Experiment = {
  ...simulated,
  name: "mine",
  simulate: null,
  deployment: { ...spec, script: "mine.ts", own: true, env: { A: "${B}" } },
};

/** A run with a module of this text beside its config. */
async function place(text: string, changes: Partial<DeployContext> = {}) {
  const { run, context, logged } = await scene();
  const folder = await Deno.makeTempDir();
  const module = join(folder, "mine.ts");
  await Deno.writeTextFile(module, text);
  const removal = { run_dir: run, env: {}, log: context.log };
  return {
    ...{ run, folder, module, logged, removal },
    context: { ...context, config_dir: folder, ...changes },
    async close() {
      await Deno.remove(run, { recursive: true });
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Removal that writes down what it was given. */
const noting = `
export async function remove(resource, { tags }) {
  await Deno.writeTextFile(new URL("removed.txt", import.meta.url), JSON.stringify([resource, tags["fmbench:nonce"]]) + "\\n", { append: true });
}`;

const removedIn = async (folder: string) =>
  (await Deno.readTextFile(join(folder, "removed.txt"))).trim().split("\n").map((line) => JSON.parse(line));

Deno.test("a script gets the experiment and its tags, and what it tells of is handed back for removal, the youngest first", async () => {
  const listener = silentListener();
  const { run, folder, module, context, logged, removal, close } = await place(`
    export async function deploy(experiment, { tags, labels, run_id, created, log, config_dir }) {
      log("given " + JSON.stringify([experiment.name, experiment.env, run_id, tags["fmbench:owner"], labels["fmbench.dev/expires-at"], config_dir]));
      console.log("said aloud");
      await created({ kind: "disk", name: "d", id: null });
      await created({ kind: "disk", name: "d", id: 7, size: 3 });
      return { url: "${listener.url}", metrics_url: "http://127.0.0.1:1/metrics", resources: [{ kind: "machine", name: "m", id: "m-1" }] };
    }
    ${noting}`);
  try {
    const endpoint = await target.deploy(experiment, context);
    assert.deepEqual(
      [
        endpoint.url,
        endpoint.deployer,
        endpoint.observed,
        endpoint.endpoint_name,
        await target.isAlive(endpoint),
      ],
      [listener.url, "own_script", { metrics_urls: ["http://127.0.0.1:1/metrics"] }, "small", true],
    );
    assert.ok(logged.includes(
      `mine: given ${
        JSON.stringify(["mine", { A: "${B}" }, context.run_id, "ada", "20261123T100000Z", folder])
      }`,
    ));
    assert.ok(logged.includes("mine: said aloud"));
    const lines = readLedger(run);
    assert.deepEqual(
      lines.map((
        { event, tags },
      ) => [event, JSON.parse(tags["resources"]!).map(({ id }: { id: unknown }) => id)]),
      [["intent", []], ["intent", [null]], ["intent", [7]], ["created", [7, "m-1"]]],
    );
    const [resource] = owed(run);
    assert.deepEqual([resource!.tags["module"], resource!.billing?.per_hour], [module, 1.5]);
    assert.equal(await target.remove(resource!, removal), "removed");
    const nonce = resource!.tags["nonce"];
    assert.deepEqual(await removedIn(folder), [
      [{ kind: "machine", name: "m", id: "m-1" }, nonce],
      [{ kind: "disk", name: "d", id: 7, size: 3 }, nonce],
    ]);
  } finally {
    await close();
    listener.close();
  }
});

Deno.test("after a deploy() that throws, what it told of is in the ledger, and remove() is called for the rest by its tags", async () => {
  const { run, folder, context, removal, close } = await place(`
    export async function deploy(_, { created }) {
      await created({ kind: "disk", name: "d", id: 7 });
      throw new Error("the quota is used up");
    }
    ${noting}`);
  try {
    await assert.rejects(
      target.deploy(experiment, context),
      /mine\.ts": the quota is used up\. docs\/deploy\/own_script\.md/,
    );
    const [resource] = owed(run);
    assert.equal(resource!.id, null);
    await target.remove(resource!, removal);
    assert.deepEqual((await removedIn(folder)).map(([one]) => one), [
      { kind: "disk", name: "d", id: 7 },
      { kind: "deployment", name: "mine", id: null },
    ]);
  } finally {
    await close();
  }
});

Deno.test("a removal that fails keeps no other from being removed, and is said", async () => {
  const { folder, run, context, removal, close } = await place(`
    export async function deploy(_, { created }) {
      for (const id of [1, 2]) await created({ kind: "disk", name: "d" + id, id });
      throw new Error("no");
    }
    export async function remove({ id }) {
      if (id === 2) throw new Error("it is in use");
      await Deno.writeTextFile(new URL("removed.txt", import.meta.url), JSON.stringify([id]) + "\\n", { append: true });
      return "already gone";
    }`);
  try {
    await assert.rejects(target.deploy(experiment, context));
    await assert.rejects(
      target.remove(owed(run)[0]!, removal),
      /^UserError: disk d2: Cannot remove by the script .*it is in use/,
    );
    assert.deepEqual(await removedIn(folder), [[1], [null]]);
  } finally {
    await close();
  }
});

Deno.test("the Hub's token is had for the asking only, and is in no file and no message", async () => {
  const token = "hf_notforanybodyelse";
  const { run, logged, context, close } = await place(
    `
    export async function deploy(_, { hubToken, created, log }) {
      const token = await hubToken();
      log("length " + token.length + " of " + token);
      await created({ kind: "k", name: "n", id: token });
      throw new Error("refused with " + token);
    }
    ${noting}`,
    { hubToken: () => Promise.resolve(token) },
  );
  try {
    await assert.rejects(
      target.deploy(experiment, context),
      (error: Error) => !error.message.includes(token),
    );
    assert.ok(logged.includes("mine: length 20 of [redacted]"), logged.join("\n"));
    assert.equal(JSON.stringify(readLedger(run)).includes(token), false);
  } finally {
    await close();
  }
});

for (
  const [what, text, message] of [
    ["lacks remove()", "export function deploy() {}", /it exports no function remove\(\)/],
    ["has a syntax error", "export function deploy( {", /mine\.ts": .*[Ee]xpected/],
    ["gives nothing", `export const deploy = () => {}; ${noting}`, /deploy\(\) gave no object/],
    [
      "gives no url",
      `export const deploy = () => ({}); ${noting}`,
      /deploy\(\) gave no url; expected \{url: \.\.\.\}/,
    ],
    [
      "gives a URL where nobody is",
      `export const deploy = () => ({ url: "http://127.0.0.1:1/v1" }); ${noting}`,
      /it says that http:\/\/127\.0\.0\.1:1\/v1 answers, and nothing does/,
    ],
    [
      "tells of something without a name",
      `export const deploy = (_, { created }) => created({ kind: "k", id: 1 }); ${noting}`,
      /a resource is \{"kind":"k","id":1\}, not \{kind, name, id\}/,
    ],
    [
      "ends its process",
      `export const deploy = () => Deno.exit(3); ${noting}`,
      /its process ended with code 3/,
    ],
  ] as const
) {
  Deno.test(`a script that ${what} is refused by its name`, async () => {
    const { context, close } = await place(text);
    try {
      await assert.rejects(target.deploy(experiment, context), message);
    } finally {
      await close();
    }
  });
}

for (
  const [what, wait] of [
    ["waits for ever", "await new Promise((resolve) => setTimeout(resolve, 1e9));"],
    ["never gives way", "for (;;);"],
  ] as const
) {
  Deno.test(`a script that ${what} is ended when its time is up`, async () => {
    const { context, close } = await place(`export async function deploy() { ${wait} }\n${noting}`);
    try {
      const short = { ...experiment, deployment: { ...experiment.deployment!, ready_timeout_seconds: 1 } };
      await assert.rejects(target.deploy(short, context), /it has not come to an end within 1 s/);
    } finally {
      await close();
    }
  });
}

Deno.test("the stop of the step reaches the script, which may tidy up", async () => {
  const aborting = new AbortController();
  const { folder, context, logged, close } = await place(
    `
    export async function deploy(_, { signal, log }) {
      log("begun");
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      await Deno.writeTextFile(new URL("tidy.txt", import.meta.url), signal.reason.message);
      signal.throwIfAborted();
    }
    ${noting}`,
    { signal: aborting.signal },
  );
  try {
    const deploying = target.deploy(experiment, context);
    deploying.catch(() => {});
    await eventually(() => logged.includes("mine: begun"));
    aborting.abort(new Error("by the user"));
    await assert.rejects(deploying, /by the user/);
    assert.equal(await Deno.readTextFile(join(folder, "tidy.txt")), "the step was stopped");
  } finally {
    await close();
  }
});

Deno.test("a second attempt uses what answers; after a change of the module it is removed first", async () => {
  const listener = silentListener();
  const text =
    `export const deploy = () => ({ url: "${listener.url}", resources: [{ kind: "k", name: "n", id: 1 }] }); ${noting}`;
  const { run, folder, module, context, logged, close } = await place(text);
  try {
    await target.deploy(experiment, context);
    const [first] = owed(run);
    assert.equal((await target.deploy(experiment, context)).ready_after_s, undefined);
    assert.equal(owed(run)[0]!.id, first!.id);
    await Deno.writeTextFile(module, `${text}\n// changed`);
    await target.deploy(experiment, context);
    assert.notEqual(owed(run)[0]!.id, first!.id);
    assert.deepEqual((await removedIn(folder)).map(([one]) => one.id), [1]);
    assert.ok(logged.some((line) => line.includes("has changed since it deployed this")));
  } finally {
    await close();
    listener.close();
  }
});

Deno.test("a module that is gone is said, with where it was", async () => {
  const { run, module, context, removal, close } = await place(`export const deploy = () => ({}); ${noting}`);
  try {
    await assert.rejects(target.deploy(experiment, context));
    await Deno.remove(module);
    await assert.rejects(
      target.remove(owed(run)[0]!, removal),
      /Cannot remove what the script deployed ".*mine\.ts": there is no such file any more; expected the module that deployed it/,
    );
    await assert.rejects(
      target.plan(experiment, context),
      /Cannot use the deployment script ".*mine\.ts": there is no such file/,
    );
  } finally {
    await close();
  }
});

Deno.test("a plan names the module and starts nothing", async () => {
  const { context, module, folder, close } = await place(
    'Deno.writeTextFileSync(new URL("ran.txt", import.meta.url), "");',
  );
  try {
    const plan = await target.plan(experiment, context);
    assert.match(
      plan.actions[0]!.what,
      /^deploy\(\) of .*mine\.ts \(sha256 [0-9a-f]{12}\), in a Deno process with all your rights$/,
    );
    assert.ok(plan.actions[0]!.what.includes(module));
    assert.match(plan.actions[0]!.detail ?? "", /"A": "\$\{B\}"/);
    assert.equal(plan.tags["fmbench:experiment"], "mine");
    await assert.rejects(Deno.stat(join(folder, "ran.txt")));
  } finally {
    await close();
  }
});

Deno.test("when the parent is killed, the script's process ends, also one that never gives way", async () => {
  const { folder, module, close } = await place(`
    export function deploy() { Deno.writeTextFileSync(new URL("pid.txt", import.meta.url), String(Deno.pid)); for (;;); }
    ${noting}`);
  const program = join(folder, "parent.ts");
  const process = join(projectRoot, "lib/deploy/own/script_process.ts");
  await Deno.writeTextFile(
    program,
    `
    import { callScript } from ${JSON.stringify(process)};
    const ownership = { run_id: "r", owner: "o", expires_at: "2026-11-23T10:00:00Z" };
    await callScript({
      module: ${JSON.stringify(module)}, owner: { ownership, experiment: "e", nonce: "n" }, log() {},
      call: { deploy: {}, config_dir: ".", run_dir: "." }, limit_ms: 60000, grace_ms: 1000,
    });`,
  );
  const parent = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", "--config", join(projectRoot, "deno.json"), program],
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    let pid = 0;
    await eventually(async () => {
      pid = Number(await Deno.readTextFile(join(folder, "pid.txt")).catch(() => ""));
      return pid > 0;
    });
    parent.kill("SIGKILL");
    await parent.status;
    // It has 2 s to tidy up.
    const isThere = () => {
      try {
        Deno.kill(pid, "SIGCONT");
        return true;
      } catch {
        return false;
      }
    };
    for (let tries = 0; isThere(); tries++) {
      assert.ok(tries < 1000);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } finally {
    await close();
  }
});
