import assert from "node:assert/strict";
import type { TaggedResource } from "../../lib/deploy/deployer.ts";
import { reasonToKeep } from "../../lib/deploy/orphans.ts";

const orphan: TaggedResource = {
  kind: "sagemaker_endpoint",
  name: "fmbench-x-1a2b3c",
  id: "fmbench-x-1a2b3c",
  tags: {},
  ownership: { run_id: "r-1a2b3c", owner: "ada", expires_at: "2026-11-22T12:00:00Z" },
  description: "SageMaker endpoint fmbench-x-1a2b3c",
};
const before = { now: new Date("2026-11-22T11:59:59Z") };
const after = { now: new Date("2026-11-22T12:00:00Z") };

Deno.test("what has expired is removed, what has not is kept with its date", () => {
  assert.equal(reasonToKeep(orphan, after), null);
  assert.equal(reasonToKeep(orphan, before), "its time ends at 2026-11-22T12:00:00Z");
});

Deno.test("another owner's is kept, expired or not", () => {
  assert.equal(reasonToKeep(orphan, { ...after, owner: "eve" }), "it belongs to ada");
  assert.equal(reasonToKeep(orphan, { ...after, owner: "ada" }), null);
});

Deno.test("a run that is named loses all it has, and no other run loses anything", () => {
  assert.equal(reasonToKeep(orphan, { ...before, run_id: "r-1a2b3c" }), null);
  assert.equal(reasonToKeep(orphan, { ...after, run_id: "r-ffffff" }), "it is of run r-1a2b3c");
});
