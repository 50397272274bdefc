/** FMBench's two scripts for REST services, in the words of the protocol `rest`. */

import type { RestDescription } from "../core/mod.ts";

/** The script whose requests name the model as `model_id` of `inference_spec` does. */
export const customRest = "custom_rest_predictor.py";

/**
 * What a script says of its requests and answers; null for every other script, and where the protocol `rest` does by itself
 * what is meant.
 *
 * - `custom_rest_predictor.py` posts `{model_id, prompt, ...parameters}` and takes `completions[0].text`, with the counts of
 *   `usage` where there are any, as `rest` does without a description. `model_id` of `inference_spec` goes before the experiment's.
 * - `rest_predictor.py` gets `?sentence=PROMPT` and takes the whole body.
 */
export function restScript(
  inferenceScript: string,
  modelId: string | undefined,
  parameters: Readonly<Record<string, unknown>>,
): RestDescription | null {
  if (inferenceScript === "rest_predictor.py") {
    return { method: "GET", path: "?sentence={prompt}", response: { format: "text", text: "" } };
  }
  if (inferenceScript !== customRest || modelId === undefined) return null;
  const slots = Object.keys(parameters).map((name) => [name, `{parameters.${name}}`]);
  return {
    body: { model_id: modelId, prompt: "{prompt}", ...Object.fromEntries(slots) },
    response: {
      text: "/completions/0/text",
      prompt_tokens: "/usage/prompt_tokens",
      completion_tokens: "/usage/completion_tokens",
    },
  };
}
