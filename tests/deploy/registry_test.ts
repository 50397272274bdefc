import assert from "node:assert/strict";
import { brought } from "../../lib/deploy/brought.ts";
import { deployerFor, deployerOf, isAlive } from "../../lib/deploy/registry.ts";
import { simulated } from "../../lib/deploy/simulated.ts";
import { broughtEndpoint, experiment, silentListener } from "./scene.ts";

Deno.test("deploy: no brings, a simulate section simulates, anything else is refused by name", () => {
  assert.equal(deployerFor({ ...experiment, deploy: false }), brought);
  assert.equal(deployerFor(experiment), simulated);
  assert.throws(
    () => deployerFor({ ...experiment, simulate: null }),
    /Cannot deploy the experiment "small, first"/,
  );
});

Deno.test("a deployer is found by the kind in the ledger", () => {
  assert.equal(deployerOf("simulated_endpoint"), simulated);
  assert.equal(deployerOf("volcano"), null);
});

Deno.test("what listens but is no embedded endpoint is alive only as a brought one", async () => {
  const listener = silentListener();
  const endpoint = broughtEndpoint(listener.url);
  assert.deepEqual([await isAlive(endpoint), await isAlive({ ...endpoint, simulated: true })], [true, false]);
  listener.close();
});
