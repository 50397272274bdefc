import assert from "node:assert/strict";
import type { Resource } from "../../lib/deploy/deployer.ts";
import { owed, readLedger, record } from "../../lib/deploy/ledger.ts";

const resource = (name: string, id: string | null = null): Resource => ({
  kind: "k",
  name,
  id,
  tags: { t: "1" },
});

Deno.test("what was intended or created and not deleted is owed, oldest first", async () => {
  const run = await Deno.makeTempDir();
  assert.deepEqual(owed(run), []);
  record(run, "intent", resource("a"));
  record(run, "intent", resource("b"));
  record(run, "created", resource("b", "7"));
  record(run, "intent", resource("c"));
  record(run, "created", resource("c", "8"));
  record(run, "deleted", resource("c", "8"));
  assert.deepEqual(owed(run), [resource("a"), resource("b", "7")]);
  const [first] = readLedger(run);
  assert.deepEqual(Object.keys(first!), ["at", "event", "kind", "name", "id", "tags"]);
  assert.match(first!.at, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
});

Deno.test("the same name may be created again after it was deleted", async () => {
  const run = await Deno.makeTempDir();
  for (const event of ["intent", "created", "deleted", "intent"] as const) record(run, event, resource("a"));
  assert.equal(owed(run).length, 1);
});

Deno.test("only its owner may read the ledger", async () => {
  const run = await Deno.makeTempDir();
  record(run, "intent", resource("a"));
  assert.equal((await Deno.stat(`${run}/models/ledger.jsonl`)).mode! & 0o777, 0o600);
});

Deno.test("a line cut off by a crash costs only itself, also when lines follow", async () => {
  const run = await Deno.makeTempDir();
  record(run, "intent", resource("a"));
  await Deno.writeTextFile(`${run}/models/ledger.jsonl`, '{"at":"2026","event":"int', { append: true });
  assert.deepEqual(owed(run), [resource("a")]);
  record(run, "intent", resource("b"));
  assert.deepEqual(owed(run), [resource("a"), resource("b")]);
});
