import assert from "node:assert/strict";
import { join } from "node:path";
import { UserError } from "../../lib/core/mod.ts";
import { isAlive, lockHolder, takeLock } from "../../lib/run/mod.ts";

/** A process id that was alive a moment ago and is not any more. */
async function deadPid(): Promise<number> {
  const child = new Deno.Command("true").spawn();
  await child.status;
  return child.pid;
}

Deno.test("a lock held by a living process refuses another step and names the holder", async () => {
  const lock = join(await Deno.makeTempDir(), "lock.json");
  const child = new Deno.Command("sleep", { args: ["30"] }).spawn();
  try {
    await Deno.writeTextFile(
      lock,
      JSON.stringify({ pid: child.pid, step: "3_run_inference", since: "2026-01-01" }),
    );
    await assert.rejects(
      () => takeLock(lock, "4_get_evaluations"),
      (error: Error) =>
        error instanceof UserError && error.message.includes("3_run_inference") &&
        error.message.includes(String(child.pid)),
    );
  } finally {
    child.kill();
    await child.status;
  }
});

Deno.test("a lock whose process has died is taken over", async () => {
  const lock = join(await Deno.makeTempDir(), "lock.json");
  const pid = await deadPid();
  assert.equal(isAlive(pid), false);
  await Deno.writeTextFile(lock, JSON.stringify({ pid, step: "3_run_inference", since: "2026-01-01" }));
  await takeLock(lock, "4_get_evaluations");
  assert.deepEqual(await lockHolder(lock).then((holder) => [holder?.pid, holder?.step]), [
    Deno.pid,
    "4_get_evaluations",
  ]);
});

Deno.test("giving a lock back removes it, but never another process's", async () => {
  const lock = join(await Deno.makeTempDir(), "lock.json");
  const release = await takeLock(lock, "0_setup");
  await release();
  assert.equal(await lockHolder(lock), null);
  await Deno.writeTextFile(lock, JSON.stringify({ pid: 1, step: "0_setup", since: "2026-01-01" }));
  await release();
  assert.equal((await lockHolder(lock))?.pid, 1);
});

Deno.test({
  name: "a process that has ended but was not waited for counts as dead",
  ignore: Deno.build.os !== "linux",
  async fn() {
    // The shell starts a child that ends at once and never waits for it.
    const shell = new Deno.Command("sh", {
      args: ["-c", "sleep 0 & echo $!; exec sleep 30"],
      stdout: "piped",
    }).spawn();
    try {
      const reader = shell.stdout.getReader();
      const pid = Number(new TextDecoder().decode((await reader.read()).value));
      await reader.cancel();
      for (let tries = 0; tries < 100 && isAlive(pid); tries++) {
        await new Promise((done) => setTimeout(done, 10));
      }
      assert.match(await Deno.readTextFile(`/proc/${pid}/stat`), /\) Z /);
      assert.equal(isAlive(pid), false);
    } finally {
      shell.kill();
      await shell.status;
    }
  },
});
