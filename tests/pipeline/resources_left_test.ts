import assert from "node:assert/strict";
import { hostname } from "node:os";
import { join } from "node:path";
import { owed, record } from "../../lib/deploy/mod.ts";
import { recoverCrashed, resourcesLeft } from "../../lib/pipeline/resources_left.ts";
import type { Run } from "../../lib/run/mod.ts";
import { inProject, only, start } from "./made_up_project.ts";

const gone = { kind: "simulated_endpoint", name: "one", id: null, tags: { nonce: "no process has it" } };

/** As a process leaves it that was killed. */
async function crash(run: Run): Promise<void> {
  const child = new Deno.Command("true").spawn();
  await child.status;
  await Deno.writeTextFile(run.paths.runner, JSON.stringify({ pid: child.pid, host: hostname(), since: "" }));
}

Deno.test("what is left is said with its cost and the one command that removes it", () =>
  inProject(async (folder) => {
    const { run } = await start(folder);
    assert.equal(resourcesLeft(run), null);
    const billing = { instance_type: "ml.g5.xlarge", instance_count: 2, per_hour: 3, currency: "USD" };
    record(run.paths.root, "created", { kind: "sagemaker_endpoint", name: "x", id: "x", tags: {}, billing });
    record(run.paths.root, "created", { kind: "sagemaker_model", name: "x", id: "x", tags: {} });
    const [first, endpoint, model, command] = resourcesLeft(run)!.split("\n");
    assert.equal(first, "Still there, as nothing removes it by itself:");
    assert.match(
      endpoint!,
      /^ {2}- sagemaker_endpoint x: 2 x ml\.g5\.xlarge, \$3\.00 an hour, for .+, \$0.* so far$/,
    );
    assert.equal(model, "  - sagemaker_model x");
    assert.equal(command, `Remove it with: fmbench cleanup ${run.paths.root}`);
  }));

Deno.test("the next start settles what a crash left behind", () =>
  inProject(async (folder) => {
    const { run } = await start(folder);
    record(run.paths.root, "intent", gone);
    await crash(run);
    const [recovered, ...others] = await recoverCrashed(join(folder, "results"), []);
    assert.deepEqual(others, []);
    assert.equal(recovered!.run.id, run.id);
    assert.deepEqual(recovered!.removed.map(({ name, outcome }) => [name, outcome]), [[
      "one",
      "already gone",
    ]]);
    assert.deepEqual(owed(run.paths.root), []);
  }));

Deno.test("what can't be removed is said, and stays owed", () =>
  inProject(async (folder) => {
    const { run } = await start(folder);
    record(run.paths.root, "created", { kind: "volcano", name: "v", id: "1", tags: {} });
    await crash(run);
    const [recovered] = await recoverCrashed(join(folder, "results"), []);
    assert.match(recovered!.failure!, /does not know its kind/);
    assert.equal(owed(run.paths.root).length, 1);
  }));

Deno.test("6_cleanup: no, a run that goes on, one that is alive and one made by hand keep what they have", () =>
  inProject(async (folder) => {
    const keeping = await start(folder, { sets: only(0, 1, 2), second: 1 });
    const going = await start(folder, { second: 2 });
    const alive = await start(folder, { second: 3 });
    const byHand = await start(folder, { second: 4 });
    for (const { run } of [keeping, going, alive, byHand]) record(run.paths.root, "intent", gone);
    await crash(keeping.run);
    await crash(going.run);
    const mark = { pid: Deno.pid, host: hostname(), since: "" };
    await Deno.writeTextFile(alive.run.paths.runner, JSON.stringify(mark));
    assert.deepEqual(await recoverCrashed(join(folder, "results"), [going.run.paths.root]), []);
    for (const { run } of [keeping, going, alive, byHand]) assert.equal(owed(run.paths.root).length, 1);
  }));
