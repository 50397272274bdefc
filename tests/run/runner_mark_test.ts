import assert from "node:assert/strict";
import { hostname } from "node:os";
import { join } from "node:path";
import { markRunner, runnerState } from "../../lib/run/runner_mark.ts";

const file = async () => join(await Deno.makeTempDir(), "runner.json");

/** The id of a process that has ended. */
async function deadProcess(): Promise<number> {
  const child = new Deno.Command("true").spawn();
  await child.status;
  return child.pid;
}

Deno.test("a run is driven from its mark to its end", async () => {
  const path = await file();
  assert.equal(await runnerState(path), null);
  const release = await markRunner(path);
  assert.deepEqual(await runnerState(path), { state: "running", pid: Deno.pid, host: hostname() });
  await release();
  assert.equal(await runnerState(path), null);
});

Deno.test("a mark whose process is gone tells of a crash; one of another machine tells nothing", async () => {
  const path = await file();
  const pid = await deadProcess();
  await Deno.writeTextFile(path, JSON.stringify({ pid, host: hostname(), since: "" }));
  assert.equal((await runnerState(path))?.state, "gone");
  await Deno.writeTextFile(path, JSON.stringify({ pid, host: "elsewhere.example", since: "" }));
  assert.equal((await runnerState(path))?.state, "elsewhere");
});
