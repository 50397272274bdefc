/** Which predictor an `inference_script` stands for. Add a line when a predictor is added. */

/** Names of predictors, and FMBench's names of scripts, to the predictor; null: known, not available yet. */
const predictors: Readonly<Record<string, string | null>> = {
  openai_chat: "openai_chat",
  "bedrock_predictor.py": null,
  "sagemaker_predictor.py": null,
  "ec2_predictor.py": null,
  "eks_predictor.py": null,
  "rest_predictor.py": null,
  "custom_rest_predictor.py": null,
  "ollama_predictor.py": null,
};

/** The predictors that can be used now. */
export const availablePredictors: readonly string[] = [
  ...new Set(Object.values(predictors).filter((name) => name !== null)),
];

/** All names that `inference_script` may have. */
export const knownInferenceScripts: readonly string[] = Object.keys(predictors);

/** The predictor behind an `inference_script`: null when it is known and not available yet, undefined when unknown. */
export function predictorOf(inferenceScript: string): string | null | undefined {
  return Object.hasOwn(predictors, inferenceScript) ? predictors[inferenceScript] : undefined;
}
