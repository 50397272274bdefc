import assert from "node:assert/strict";
import { owed, record } from "../../lib/deploy/ledger.ts";
import { removeAll } from "../../lib/deploy/removal.ts";
import { scene } from "./scene.ts";

Deno.test("a run without a ledger has nothing to remove", async () => {
  const { run } = await scene();
  assert.deepEqual(await removeAll(run), []);
  assert.deepEqual(await removeAll(`${run}/never-was`), []);
});

Deno.test("what can't be removed is named after the rest is removed, and stays owed", async () => {
  const { run } = await scene();
  const tags = { nonce: crypto.randomUUID() };
  record(run, "intent", { kind: "simulated_endpoint", name: "e", id: "2147483647", tags });
  record(run, "created", { kind: "volcano", name: "v", id: "1", tags: {} });
  await assert.rejects(
    removeAll(run),
    /Cannot remove "volcano v": this version of the program does not know its kind/,
  );
  assert.deepEqual(owed(run).map(({ name }) => name), ["v"]);
});
