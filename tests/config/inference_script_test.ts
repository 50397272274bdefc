import { deepEqual, equal } from "node:assert/strict";
import { availablePredictors, knownInferenceScripts, predictorOf } from "../../lib/config/mod.ts";
import { isReachedByUrl } from "../../lib/config/inference_script.ts";

Deno.test("a script is a predictor that is here or not yet, a module of the user's own, or nothing", () => {
  deepEqual(predictorOf("openai_chat"), { module: "openai_chat", available: true, own: false });
  deepEqual(predictorOf("sagemaker_predictor.py"), { module: "sagemaker", available: false, own: false });
  deepEqual(predictorOf("sagemaker"), predictorOf("sagemaker_predictor.py"));
  deepEqual(predictorOf("lib/mine.ts"), { module: "lib/mine.ts", available: false, own: true });
  deepEqual([predictorOf("toString"), predictorOf("mine.py")], [null, null]);
});

Deno.test("every script that FMBench has stands for a predictor", () => {
  const scripts = ["bedrock", "sagemaker", "ec2", "eks", "rest", "custom_rest", "ollama"];
  deepEqual(scripts.map((name) => predictorOf(`${name}_predictor.py`)?.module), scripts);
});

Deno.test("what is available is among what is known", () => {
  deepEqual(availablePredictors, ["openai_chat"]);
  for (const name of availablePredictors) equal(knownInferenceScripts.includes(name), true);
});

Deno.test("endpoints of Bedrock and SageMaker go by a name, those of the others by a URL", () => {
  const byUrl = knownInferenceScripts.filter((name) =>
    name.endsWith(".py") && isReachedByUrl(predictorOf(name)!)
  );
  deepEqual(byUrl, [
    "ec2_predictor.py",
    "eks_predictor.py",
    "rest_predictor.py",
    "custom_rest_predictor.py",
    "ollama_predictor.py",
  ]);
});
