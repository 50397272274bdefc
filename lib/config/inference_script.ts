/** Which predictor an `inference_script` stands for. A predictor that is added moves to `available`. */

import { knownScripts, type Script, type ScriptNames, scriptOf } from "./script.ts";

const names: ScriptNames = {
  available: ["openai_chat"],
  fmbench: {
    "bedrock_predictor.py": "bedrock",
    "sagemaker_predictor.py": "sagemaker",
    "ec2_predictor.py": "ec2",
    "eks_predictor.py": "eks",
    "rest_predictor.py": "rest",
    "custom_rest_predictor.py": "custom_rest",
    "ollama_predictor.py": "ollama",
  },
};

/** Predictors whose endpoint goes by a name or an ARN; that of all others is a URL. */
const named: readonly string[] = ["bedrock", "sagemaker"];

/** The predictors that can be used now. */
export const availablePredictors: readonly string[] = names.available;

/** All names that `inference_script` may have, apart from the user's own modules. */
export const knownInferenceScripts: readonly string[] = knownScripts(names);

/** The predictor behind an `inference_script`; null when there is none of that name. */
export function predictorOf(inferenceScript: string): Script | null {
  return scriptOf(inferenceScript, names);
}

/** Whether the model's id is enough to find the endpoint: an `ep_name` of its own is for ARNs and inference profiles. */
export function isReachedByModel(predictor: Script): boolean {
  return !predictor.own && predictor.module === "bedrock";
}

/** Whether the endpoint of a predictor is given as a URL. */
export function isReachedByUrl(predictor: Script): boolean {
  return !predictor.own && !named.includes(predictor.module);
}
