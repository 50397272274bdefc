import assert from "node:assert/strict";
import { fleetJobName } from "../../lib/fleet/engine.ts";

Deno.test("a job's name is one that Kubernetes and Ray take, and keeps the segment whole", () => {
  assert.equal(fleetJobName("20261122T053000Z-a1b2c3", "s2"), "fmbench-20261122t053000z-a1b2c3-s2");
  assert.equal(fleetJobName("Run_1!", "B 2"), "fmbench-run-1-b-2");
  const long = fleetJobName("r".repeat(80), "segment-7");
  assert.equal(long.length, 56);
  assert.match(long, /^fmbench-r+-segment-7$/);
});
