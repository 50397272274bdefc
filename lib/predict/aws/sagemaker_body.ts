/** What containers behind SageMaker endpoints are asked. */

import { UserError } from "../../core/mod.ts";
import type { ProtocolOptions } from "../../core/mod.ts";
import { chatMessages } from "../chat_messages.ts";
import { generateBody, generateCap } from "../containers/generate_body.ts";
import { usageAsked, withoutImages } from "../openai/openai_request.ts";
import type { Parameters, Prompt } from "../predictor.ts";
import { type CapNames, capOf, withOwnCap } from "../token_cap.ts";

export type Schema = NonNullable<ProtocolOptions["body"]>;

const openaiCap: CapNames = { own: ["max_tokens", "max_completion_tokens"], foreign: ["max_new_tokens"] };

/**
 * The body of one request, by `options.body`: `generate` (default) is `inputs` and `parameters`; `messages` and `completions`
 * are OpenAI's, without a model, which is the container's own; `embeddings` is `text_inputs` with the parameters beside it, or
 * `inputs` where `split_input_and_parameters` is given. Streams ask by `stream`, for counts too; else there is no `stream`.
 *
 * @throws {UserError} if the prompt has images and the body no place for them
 */
export function sagemakerBody(
  prompt: Prompt,
  parameters: Parameters,
  stream: boolean,
  { body = "generate", split_input_and_parameters: split, system_prompt }: ProtocolOptions = {},
): Record<string, unknown> {
  if (body !== "messages") withoutImages(prompt, "sagemaker");
  if (body === "generate") {
    return generateBody(prompt.prompt, parameters, {
      ...(stream ? { stream } : {}),
      split: split ?? true,
      details: stream,
    });
  }
  const { stream: _, ...rest } = withOwnCap(parameters, openaiCap);
  if (body === "embeddings") {
    const { max_tokens: _1, max_completion_tokens: _2, ...others } = rest;
    const inputs = prompt.texts ?? prompt.prompt;
    if (split === undefined) return { ...others, text_inputs: inputs };
    return split ? { inputs, parameters: others } : { ...others, inputs };
  }
  return {
    ...usageAsked(stream),
    ...rest,
    ...(body === "messages" ? { messages: chatMessages(prompt, system_prompt) } : { prompt: prompt.prompt }),
    ...(stream ? { stream } : {}),
  };
}

/** The cap in a request made from these parameters; null when there is none. */
export function sagemakerCap(
  parameters: Parameters,
  { body = "generate" }: ProtocolOptions = {},
): number | null {
  if (body === "embeddings") return null;
  return body === "generate" ? generateCap(parameters) : capOf(parameters, openaiCap);
}

/**
 * Refuses what SageMaker's stream has no place for.
 *
 * @throws {UserError} for streamed vectors and for the model of a multi-model endpoint
 */
export function refuseStreaming(endpoint_name: string, { body, target_model }: ProtocolOptions): void {
  const found = body === "embeddings"
    ? "a vector comes in one piece"
    : target_model === undefined
    ? null
    : "SageMaker can't stream from a multi-model endpoint (target_model)";
  if (found === null) return;
  throw new UserError({
    action: "stream from the SageMaker endpoint",
    thing: endpoint_name,
    found,
    remedy: "Set stream: no in inference_spec.",
  });
}
