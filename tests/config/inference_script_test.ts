import { deepEqual, equal } from "node:assert/strict";
import { availablePredictors, knownInferenceScripts, predictorOf } from "../../lib/config/mod.ts";

Deno.test("a script is a predictor, or known and not available, or unknown", () => {
  equal(predictorOf("openai_chat"), "openai_chat");
  equal(predictorOf("sagemaker_predictor.py"), null);
  equal(predictorOf("toString"), undefined);
});

Deno.test("what is available is among what is known", () => {
  deepEqual(availablePredictors, ["openai_chat"]);
  for (const name of availablePredictors) equal(knownInferenceScripts.includes(name), true);
});
