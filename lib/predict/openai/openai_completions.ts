/** OpenAI's completions, as vLLM, SGLang, llama.cpp, TGI and others speak them: a prompt goes on as it is. */

import type { Choice } from "./openai_body.ts";
import { OpenAiReader } from "./openai_reader.ts";
import { openaiRequests, usageAsked, withoutImages } from "./openai_request.ts";
import type { Predictor, PredictorOptions } from "../predictor.ts";
import { type CapNames, capOf, withOwnCap } from "../token_cap.ts";

const cap: CapNames = { own: ["max_tokens"], foreign: ["max_new_tokens", "max_completion_tokens"] };

/**
 * The predictor `openai_completions`. A conversation goes as the transcript that its prompt is; there is no place for a system
 * prompt. Usage, model and server latency as in `openai_chat`.
 *
 * @throws {UserError} if the endpoint's headers can't be made
 */
export function openaiCompletions(options: PredictorOptions): Predictor {
  const { stream } = options;
  const { request, secrets } = openaiRequests(options, "/completions");
  return {
    name: "openai_completions",
    begin(prompt, parameters) {
      withoutImages(prompt, "openai_completions");
      const body = { ...usageAsked(stream), ...withOwnCap(parameters, cap), prompt: prompt.prompt, stream };
      return { request: request(body), reader: new CompletionsReader(stream, secrets) };
    },
    maxTokens: (parameters) => capOf(parameters, cap),
  };
}

export class CompletionsReader extends OpenAiReader {
  protected piece({ index, text }: Choice, at_ms: number): void {
    if (!text) return;
    this.draft.chunk(at_ms, true);
    if ((index ?? 0) === 0) this.draft.text += text;
  }

  protected message({ text }: Choice): string | null {
    if (typeof text !== "string") return "choices[0].text";
    this.draft.text = text;
    return null;
  }
}
