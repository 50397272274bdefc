import assert from "node:assert/strict";
import { carries, end, findByNonce } from "../../lib/deploy/own_process.ts";
import { eventually } from "./scene.ts";

const linux = Deno.build.os === "linux";

/** A process that sleeps, with an argument; `deaf` to SIGTERM if told. */
function sleeper(argument: string, deaf = false): Deno.ChildProcess {
  const script = `${deaf ? "trap '' TERM; " : ""}echo up; while :; do sleep 0.05; done`;
  return new Deno.Command("sh", { args: ["-c", script, "sh", argument], stdout: "piped" }).spawn();
}

Deno.test({
  name: "a process is known by a whole argument that holds the nonce, not by a mention of it",
  ignore: !linux,
  async fn() {
    const nonce = crypto.randomUUID();
    const ours = sleeper(JSON.stringify({ nonce }));
    const mention = sleeper(`grep ${nonce}`);
    await eventually(async () => await carries(ours.pid, nonce) === true);
    assert.equal(await findByNonce(nonce), ours.pid);
    assert.equal(await carries(mention.pid, nonce), false);
    assert.equal(await carries(ours.pid, crypto.randomUUID()), false);
    for (const child of [ours, mention]) {
      child.kill("SIGKILL");
      await child.status;
      await child.stdout.cancel();
    }
    assert.equal(await carries(ours.pid, nonce), false);
    assert.equal(await findByNonce(nonce), null);
  },
});

Deno.test({
  name: "a process that ignores SIGTERM is killed",
  ignore: !linux,
  async fn() {
    const nonce = crypto.randomUUID();
    const child = sleeper(JSON.stringify({ nonce }), true);
    const reader = child.stdout.getReader();
    await reader.read();
    await end(child.pid, async () => await carries(child.pid, nonce) === true, 200);
    assert.equal((await child.status).signal, "SIGKILL");
    await reader.cancel();
  },
});
