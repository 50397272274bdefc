import assert from "node:assert/strict";
import { UserError } from "../../lib/core/mod.ts";
import { brought } from "../../lib/deploy/brought.ts";
import { owed } from "../../lib/deploy/ledger.ts";
import { removeAll } from "../../lib/deploy/removal.ts";
import { experiment, scene, silentListener } from "./scene.ts";

const own = { ...experiment, deploy: false, simulate: null };

Deno.test("an endpoint that listens is taken as it is, and nothing is owed for it", async () => {
  const listener = silentListener();
  const { run, context, logged } = await scene();
  const endpoint = await brought.deploy({ ...own, ep_name: listener.url, region: "r" }, context);
  assert.deepEqual(endpoint, {
    experiment_name: "small, first",
    endpoint_name: listener.url,
    predictor: "openai_chat",
    url: listener.url,
    model_id: "m",
    instance_type: "sim-small",
    instance_count: 1,
    region: "r",
    deployed: false,
    simulated: false,
    api_key_env: null,
  });
  assert.equal(logged.length, 1);
  assert.deepEqual(owed(run), []);
  assert.deepEqual(await removeAll(run), []);
  assert.equal(await brought.isAlive(endpoint), true);
  listener.close();
  assert.equal(await brought.isAlive(endpoint), false);
});

Deno.test("one that can't be reached, or has no address, is named", async () => {
  const { context } = await scene();
  const listener = silentListener();
  listener.close();
  await assert.rejects(
    brought.deploy({ ...own, ep_name: listener.url }, context),
    (error) => error instanceof UserError && error.message.includes(listener.url),
  );
  for (const ep_name of ["my-endpoint", "ftp://127.0.0.1/"]) {
    await assert.rejects(brought.deploy({ ...own, ep_name }, context), /expected a URL/);
  }
});

Deno.test("it is never removed", async () => {
  const resource = { kind: "brought_endpoint", name: "x", id: String(Deno.pid), tags: {} };
  await assert.rejects(brought.remove(resource), /it was brought/);
});
