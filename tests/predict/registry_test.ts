import assert from "node:assert/strict";
import { predictorFor, predictorNames } from "../../lib/predict/mod.ts";

const endpoint = { url: "http://h/v1", model_id: "m", api_key_env: null };

Deno.test("every registered name makes a predictor that calls itself so", () => {
  assert.ok(predictorNames().includes("openai_chat"));
  for (const predictor of predictorNames()) {
    assert.equal(predictorFor({ endpoint: { ...endpoint, predictor }, stream: true }).name, predictor);
  }
});

Deno.test("an unknown name is refused with the known ones", () => {
  assert.throws(
    () => predictorFor({ endpoint: { ...endpoint, predictor: "telex" }, stream: true }),
    /Cannot talk to the endpoint by the protocol "telex": there is no such predictor; expected one of openai_chat/,
  );
});
