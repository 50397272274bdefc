/**
 * A predictor of one's own, second form: it makes the whole call itself, here with `fetch`, and says when a piece of the answer has
 * come. Any client that runs on Deno will do in its place. `docs/predictors.md` tells the rest.
 */

import type {
  OwnAnswer,
  OwnClient,
  OwnContext,
  OwnParameters,
  OwnPredictorOptions,
  OwnPrompt,
} from "lib/predict/own/own_predictor.ts";

interface Chunk {
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string };
    readonly finish_reason?: string;
  }[];
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null;
}

export default class ChatClient implements OwnClient {
  readonly endpointName: string;
  readonly #options: OwnPredictorOptions;

  constructor(options: OwnPredictorOptions) {
    this.endpointName = options.endpoint.name;
    this.#options = options;
  }

  async predict(
    { prompt }: OwnPrompt,
    parameters: OwnParameters,
    { signal, token }: OwnContext,
  ): Promise<OwnAnswer> {
    const { endpoint, stream, headers } = this.#options;
    const messages = [{ role: "user", content: prompt }];
    const streaming = stream ? { stream, stream_options: { include_usage: true } } : {};
    const response = await fetch(`${endpoint.url}/chat/completions`, {
      method: "POST",
      headers,
      body: JSON.stringify({ ...parameters, model: endpoint.model_id, messages, ...streaming }),
      signal,
    });
    if (!response.ok || response.body === null) {
      // An error's `status` tells throttling (429) from other refusals.
      throw Object.assign(new Error(await response.text()), { status: response.status });
    }
    if (!stream) {
      const { choices, usage } = await response.json();
      return { text: choices[0].message.content, stop_reason: choices[0].finish_reason, ...usage };
    }
    let answer: OwnAnswer = {};
    let ended = false;
    for await (const line of linesOf(response.body)) {
      if (!line.startsWith("data: ")) continue;
      if (line === "data: [DONE]") ended = true;
      else {
        const { choices = [], usage }: Chunk = JSON.parse(line.slice("data: ".length));
        token(choices[0]?.delta?.content ?? "");
        answer = {
          ...answer,
          ...(choices[0]?.finish_reason ? { stop_reason: choices[0].finish_reason } : {}),
          ...usage,
        };
      }
    }
    // A stream that broke off must not count as an answer.
    if (!ended) throw Object.assign(new Error("the stream ended without [DONE]"), { kind: "stream" });
    return answer;
  }
}

async function* linesOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let kept = "";
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const lines = (kept + text).split("\n");
    kept = lines.pop() ?? "";
    for (const line of lines) yield line.trimEnd();
  }
  if (kept !== "") yield kept;
}
