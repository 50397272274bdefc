import assert from "node:assert/strict";
import { type Endpoint, UserError } from "../../lib/core/mod.ts";
import { readEndpoints, writeEndpoints } from "../../lib/deploy/endpoints.ts";

const endpoint: Endpoint = {
  experiment_name: "e",
  endpoint_name: "p",
  predictor: "openai_chat",
  url: "http://127.0.0.1:1/v1",
  model_id: "m",
  instance_type: "i",
  instance_count: 1,
  region: null,
  deployed: false,
  simulated: false,
  api_key_env: null,
};

Deno.test("endpoints are read back as written, and only their owner may read them", async () => {
  const run = await Deno.makeTempDir();
  await writeEndpoints(run, [endpoint]);
  assert.deepEqual(await readEndpoints(run), [endpoint]);
  assert.equal((await Deno.stat(`${run}/models/endpoints.json`)).mode! & 0o777, 0o600);
});

Deno.test("a missing or damaged list names the step to run", async () => {
  const run = await Deno.makeTempDir();
  await assert.rejects(
    readEndpoints(run),
    (error) => error instanceof UserError && /2_deploy_model/.test(error.message),
  );
  await Deno.mkdir(`${run}/models`);
  await Deno.writeTextFile(`${run}/models/endpoints.json`, "{}");
  await assert.rejects(readEndpoints(run), /it is not a list/);
});
