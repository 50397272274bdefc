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

const named = { ...own, ep_name: "my-endpoint", region: "eu-west-1" };

/** What the environment says of addresses is not these tests' business. */
const addresses = ["", "_BEDROCK_RUNTIME", "_SAGEMAKER_RUNTIME"].map((end) => `AWS_ENDPOINT_URL${end}`);
for (const name of addresses) Deno.env.delete(name);

Deno.test("an endpoint of AWS is at its region's own address, goes by its name, and is taken to be alive", async () => {
  const { context } = await scene();
  const sagemaker = await brought.deploy({ ...named, predictor: "sagemaker" }, context);
  assert.deepEqual([sagemaker.url, sagemaker.endpoint_name, sagemaker.region], [
    "https://runtime.sagemaker.eu-west-1.amazonaws.com",
    "my-endpoint",
    "eu-west-1",
  ]);
  assert.equal(await brought.isAlive(sagemaker), true);
  for (const predictor of ["bedrock", "bedrock_invoke"]) {
    const { url, endpoint_name } = await brought.deploy(
      { ...named, ep_name: "amazon.nova", predictor },
      context,
    );
    assert.deepEqual([url, endpoint_name], [
      "https://bedrock-runtime.eu-west-1.amazonaws.com",
      "amazon.nova",
    ]);
  }
});

Deno.test("what stands for a service of AWS is taken from the environment, or from a URL as the name", async () => {
  const { context } = await scene();
  Deno.env.set("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "http://127.0.0.1:1");
  const { url } = await brought.deploy({ ...named, predictor: "bedrock" }, context);
  Deno.env.delete("AWS_ENDPOINT_URL_BEDROCK_RUNTIME");
  assert.equal(url, "http://127.0.0.1:1");
  const listener = silentListener();
  const local = await brought.deploy({ ...named, ep_name: listener.url, predictor: "bedrock" }, context);
  listener.close();
  assert.deepEqual([local.url, local.endpoint_name], [listener.url, "m"]);
});

Deno.test("an endpoint of AWS without a region is refused", async () => {
  const { context } = await scene();
  await assert.rejects(
    brought.deploy({ ...named, region: null, predictor: "sagemaker" }, context),
    /names no region\. Set region of the experiment, aws\.region or AWS_REGION/,
  );
});

Deno.test("what a protocol has to be told goes along", async () => {
  const { context } = await scene();
  const options = { target_variant: "v" };
  const endpoint = await brought.deploy({ ...named, predictor: "sagemaker", options }, context);
  assert.deepEqual(endpoint.options, options);
  assert.equal("options" in await brought.deploy({ ...named, predictor: "sagemaker" }, context), false);
});

Deno.test("what stands between the URL and the prompt is put behind the URL", async () => {
  const { context } = await scene();
  const listener = silentListener();
  const ray = { ...own, ep_name: listener.url, predictor: "ray_serve", url_format: "serve/infer?sentence=" };
  assert.equal((await brought.deploy(ray, context)).url, `${listener.url}/serve/infer?sentence=`);
  listener.close();
});

Deno.test("a user's own module finds its endpoint by whatever name it likes", async () => {
  const { context } = await scene();
  const mine = {
    ...own,
    ep_name: "queue-7",
    predictor: "/here/mine.ts",
    options: { module: "/here/mine.ts" },
  };
  const endpoint = await brought.deploy(mine, context);
  assert.deepEqual([endpoint.url, endpoint.endpoint_name], ["queue-7", "queue-7"]);
  assert.equal(await brought.isAlive(endpoint), true);
});

Deno.test("it is never removed", async () => {
  const resource = { kind: "brought_endpoint", name: "x", id: String(Deno.pid), tags: {} };
  await assert.rejects(brought.remove(resource, { run_dir: null, env: {}, log: () => {} }), /it was brought/);
});
