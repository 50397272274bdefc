import assert from "node:assert/strict";
import { hasExpired, ownershipFor, ownershipOf, resourceName, tagsOf } from "../../lib/deploy/ownership.ts";

const noon = new Date("2026-11-22T12:00:00.500Z");
const ada = ownershipFor("20261122T120000Z-1a2b3c", "ada@example.com", noon, 1.5);

Deno.test("tags say whose a resource is and until when, and are read back as they were written", () => {
  assert.deepEqual(tagsOf(ada, "small, first"), {
    "fmbench:run-id": "20261122T120000Z-1a2b3c",
    "fmbench:owner": "ada@example.com",
    "fmbench:expires-at": "2026-11-22T13:30:00Z",
    // A comma is no character of a tag's value.
    "fmbench:experiment": "small_ first",
  });
  assert.deepEqual(ownershipOf(tagsOf(ada, "e")), ada);
});

Deno.test("tags of somebody else's are not ours, also when one of them looks like it", () => {
  assert.equal(ownershipOf({ Name: "fmbench-x" }), null);
  assert.equal(ownershipOf({ "fmbench:run-id": "20261122T120000Z-1a2b3c" }), null);
});

Deno.test("a resource has expired from that second on; a date that nobody can read never comes", () => {
  assert.equal(hasExpired(ada, new Date("2026-11-22T13:29:59Z")), false);
  assert.equal(hasExpired(ada, new Date("2026-11-22T13:30:00Z")), true);
  assert.equal(hasExpired({ ...ada, expires_at: "soon" }, noon), false);
});

Deno.test("a name is the same whenever it is asked for, of letters, digits and hyphens, and its end survives a cut", () => {
  assert.equal(resourceName("Llama 3.1/8B", ada.run_id), "fmbench-llama-3-1-8b-1a2b3c");
  assert.equal(resourceName("…", ada.run_id), "fmbench-model-1a2b3c");
  const long = resourceName("a".repeat(100), ada.run_id, 40);
  assert.equal(long, `fmbench-${"a".repeat(25)}-1a2b3c`);
  assert.equal(long.length, 40);
});
