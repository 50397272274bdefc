/** OpenAI's chat completions, as any compatible server speaks them (vLLM, SGLang, llama.cpp, Ollama, TGI, LiteLLM, ...). */

import type { Answer } from "../answer.ts";
import { chatMessages } from "../chat_messages.ts";
import { addToolCalls, type Choice, textOf, type ToolCall } from "./openai_body.ts";
import { OpenAiReader } from "./openai_reader.ts";
import { openaiRequests, usageAsked } from "./openai_request.ts";
import type { Predictor, PredictorOptions } from "../predictor.ts";
import { type CapNames, capOf, withOwnCap } from "../token_cap.ts";

const cap: CapNames = { own: ["max_tokens", "max_completion_tokens"], foreign: ["max_new_tokens"] };

/**
 * The predictor `openai_chat`. A prompt is one user message, or its own conversation; images go with the last user message.
 * Streams ask for usage (`stream_options`), unless the parameters set `stream_options` themselves; `model` among the
 * parameters replaces the endpoint's. `server_latency_ms` is what the server says of the whole answer: OpenAI's and TGI's header
 * where the answer came in one piece, llama.cpp's `timings` (its queue is not in them), vLLM's `metrics`.
 *
 * @throws {UserError} if the endpoint's headers can't be made
 */
export function openaiChat(options: PredictorOptions): Predictor {
  const { endpoint, stream } = options;
  const { request, secrets } = openaiRequests(options, "/chat/completions");
  return {
    name: "openai_chat",
    begin: (prompt, parameters) => ({
      request: request({
        ...usageAsked(stream),
        ...withOwnCap(parameters, cap),
        messages: chatMessages(prompt, endpoint.options?.system_prompt),
        stream,
      }),
      reader: new ChatReader(stream, secrets),
    }),
    maxTokens: (parameters) => capOf(parameters, cap),
  };
}

export class ChatReader extends OpenAiReader {
  readonly #calls: ToolCall[] = [];

  protected piece({ index, delta }: Choice, at_ms: number): void {
    if (!delta) return;
    const text = textOf(delta);
    const reasoning = delta.reasoning_content ?? delta.reasoning ?? "";
    const calls = addToolCalls(this.#calls, delta.tool_calls);
    if (text !== "" || calls) this.draft.chunk(at_ms, true);
    else if (reasoning !== "") this.draft.chunk(at_ms, false);
    if ((index ?? 0) === 0) this.draft.text += text;
  }

  protected message({ message }: Choice): string | null {
    if (!message) return "choices[0].message";
    addToolCalls(this.#calls, message.tool_calls);
    this.draft.text = textOf(message);
    return null;
  }

  protected override settled(): Answer {
    const { draft } = this;
    if (draft.text === "" && this.#calls.length > 0) draft.text = JSON.stringify(this.#calls);
    return draft.answer();
  }
}
