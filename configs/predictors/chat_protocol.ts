/**
 * A predictor of one's own, first form: it says what a request is and what an answer says, here of a server that speaks OpenAI's
 * chat completions. Sending and timing is done for it. `docs/predictors.md` tells the rest.
 */

import type {
  OwnAnswer,
  OwnEvent,
  OwnParameters,
  OwnPredictorOptions,
  OwnPrompt,
  OwnProtocol,
  OwnRequest,
} from "lib/predict/own/own_predictor.ts";

interface Chunk {
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string | null };
    readonly message?: { readonly content?: string | null };
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null;
}

export default class ChatProtocol implements OwnProtocol {
  readonly endpointName: string;
  readonly #options: OwnPredictorOptions;

  constructor(options: OwnPredictorOptions) {
    this.endpointName = options.endpoint.name;
    this.#options = options;
  }

  request({ prompt }: OwnPrompt, parameters: OwnParameters): OwnRequest {
    const { endpoint, stream, headers } = this.#options;
    return {
      method: "POST",
      url: `${endpoint.url}/chat/completions`,
      headers,
      body: JSON.stringify({
        ...parameters,
        model: endpoint.model_id,
        messages: [{ role: "user", content: prompt }],
        ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
      }),
    };
  }

  /** A whole answer. Its counts are the server's; a server that gives none is counted by the run's tokenizer. */
  answer(body: string): OwnAnswer {
    const { choices, usage }: Chunk = JSON.parse(body);
    const [choice] = choices ?? [];
    return { text: choice?.message?.content ?? "", stop_reason: choice?.finish_reason ?? null, ...usage };
  }

  /** One event of a stream. What is thrown here, by `JSON.parse` for example, becomes the error of the record. */
  event(data: string): OwnEvent {
    if (data === "[DONE]") return { done: true };
    const { choices, usage }: Chunk = JSON.parse(data);
    const [choice] = choices ?? [];
    return { text: choice?.delta?.content ?? "", stop_reason: choice?.finish_reason ?? null, ...usage };
  }
}
