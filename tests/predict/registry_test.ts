import assert from "node:assert/strict";
import { protocols, simulatedCredentials } from "../../lib/core/mod.ts";
import { predictorFor, predictorNames } from "../../lib/predict/mod.ts";

const endpoint = {
  url: "http://h/v1",
  model_id: "amazon.nova-micro-v1:0",
  endpoint_name: "e",
  region: "us-east-1",
  api_key_env: null,
  options: { rest: { body: { text: "{prompt}" }, response: { text: "/text" } } },
};
const credentials = () => Promise.resolve(simulatedCredentials);

Deno.test("every protocol has a predictor that calls itself so, and there is no other", async () => {
  assert.deepEqual(predictorNames().sort(), Object.keys(protocols).sort());
  for (const predictor of predictorNames()) {
    const made = await predictorFor({ endpoint: { ...endpoint, predictor }, stream: true, credentials });
    assert.equal(made.name, predictor);
  }
});

Deno.test("an unknown name is refused with the known ones", async () => {
  await assert.rejects(
    predictorFor({ endpoint: { ...endpoint, predictor: "telex" }, stream: true }),
    /Cannot talk to the endpoint by the protocol "telex": there is no such predictor; expected one of openai_chat/,
  );
});
