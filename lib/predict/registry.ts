/** Which predictors there are, by the name that an endpoint gives. */

import { UserError } from "../core/mod.ts";
import { bedrock } from "./aws/bedrock.ts";
import { bedrockInvoke } from "./aws/bedrock_invoke.ts";
import { djl } from "./containers/djl.ts";
import { llamaCpp } from "./containers/llama_cpp.ts";
import { ollama } from "./containers/ollama.ts";
import { openaiChat } from "./openai/openai_chat.ts";
import { openaiCompletions } from "./openai/openai_completions.ts";
import { openaiEmbeddings } from "./openai/openai_embeddings.ts";
import { ownModule } from "./own/own_module.ts";
import type { Predictor, PredictorFactory, PredictorOptions } from "./predictor.ts";
import { rayServe } from "./containers/ray_serve.ts";
import { rest } from "./rest/rest.ts";
import { sagemaker } from "./aws/sagemaker.ts";
import { tgi } from "./containers/tgi.ts";
import { triton } from "./containers/triton.ts";

const predictors = new Map<string, PredictorFactory>([
  ["openai_chat", openaiChat],
  ["openai_completions", openaiCompletions],
  ["openai_embeddings", openaiEmbeddings],
  ["llama_cpp", llamaCpp],
  ["ollama", ollama],
  ["bedrock", bedrock],
  ["bedrock_invoke", bedrockInvoke],
  ["sagemaker", sagemaker],
  ["djl", djl],
  ["tgi", tgi],
  ["triton", triton],
  ["ray_serve", rayServe],
  ["rest", rest],
]);

/** The names an endpoint may give. */
export function predictorNames(): string[] {
  return [...predictors.keys()];
}

/**
 * The predictor that talks to an endpoint, ready for its first request.
 *
 * @throws {UserError} if its name is not known, or it can't be made from these options
 */
export async function predictorFor(options: PredictorOptions): Promise<Predictor> {
  const { predictor } = options.endpoint;
  const make = predictors.get(predictor) ??
    (options.endpoint.options?.module === undefined ? undefined : ownModule);
  if (make === undefined) {
    throw new UserError({
      action: "talk to the endpoint by the protocol",
      thing: predictor,
      found: "there is no such predictor",
      expected: `one of ${predictorNames().join(", ")}`,
    });
  }
  return await make(options);
}
