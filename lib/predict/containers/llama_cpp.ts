/** llama.cpp's own `/completion`: a prompt goes on as it is. */

import type { TransportFailure } from "../../transport/mod.ts";
import { withoutImages } from "../openai/openai_request.ts";
import type { Predictor, PredictorOptions } from "../predictor.ts";
import { requestHeaders } from "../request_headers.ts";
import { routeUrl } from "../route_url.ts";
import { llamaLatency, type LlamaTimings } from "../server_timings.ts";
import { SseReader } from "../sse_reader.ts";
import { type CapNames, capOf, withOwnCap } from "../token_cap.ts";

const cap: CapNames = {
  own: ["n_predict"],
  foreign: ["max_tokens", "max_new_tokens", "max_completion_tokens"],
};

/** An event, or a whole answer, which is its own last event. */
interface Body {
  readonly content?: string;
  readonly stop?: boolean;
  readonly model?: string;
  readonly tokens_predicted?: number;
  /** Of the prompt, found in the cache or not. */
  readonly tokens_evaluated?: number;
  readonly stop_type?: string;
  readonly timings?: LlamaTimings | null;
}

/** Why older versions stopped: a field each. */
const olderReasons = ["eos", "limit", "word"] as const;

/**
 * The predictor `llama_cpp`. The address is `http://host:port` (`/v1` behind it does no harm) or that of `/completion`. The end
 * is the event with `stop: true`; there is no `[DONE]`. `tokens_cached` of the answer is what the slot holds afterwards, so cached
 * prompt tokens come from `timings`. `server_latency_ms` is `prompt_ms` + `predicted_ms`: the wait for a slot is not in it. A
 * conversation goes as the transcript that its prompt is; there is no place for a system prompt.
 *
 * @throws {UserError} if the endpoint's headers can't be made
 */
export function llamaCpp(options: PredictorOptions): Predictor {
  const { endpoint, stream } = options;
  const url = routeUrl(endpoint.url, "/completion", ["/v1"]);
  const { headers, secrets } = requestHeaders(options);
  return {
    name: "llama_cpp",
    begin(prompt, parameters) {
      withoutImages(prompt, "llama_cpp");
      const body = JSON.stringify({ ...withOwnCap(parameters, cap), prompt: prompt.prompt, stream });
      return { request: { method: "POST", url, headers, body }, reader: new LlamaReader(stream, secrets) };
    },
    maxTokens: (parameters) => capOf(parameters, cap),
  };
}

class LlamaReader extends SseReader {
  protected event(data: string, at_ms: number): void {
    const { draft } = this;
    if (draft.terminated || draft.error !== null) return;
    const body: Body | null = this.said(data);
    if (body === null) return;
    if (body.content) {
      draft.chunk(at_ms, true);
      draft.text += body.content;
    }
    if (body.stop) draft.terminated_ms = at_ms;
    this.#common(body);
  }

  protected endOfStream(failure: TransportFailure | null): void {
    this.flush();
    const { draft } = this;
    if (draft.terminated) return;
    if (failure !== null) return draft.cut(failure);
    draft.fail({ kind: "stream", message: "the stream ended without an event that says stop" });
  }

  protected whole(bytes: Uint8Array): void {
    const { draft } = this;
    const body: Body | null = this.said(new TextDecoder().decode(bytes));
    if (body === null) return;
    this.#common(body);
    if (typeof body.content === "string") draft.text = body.content;
    else draft.fail({ kind: "parse", message: "the answer has no content" });
    if (!draft.terminated) draft.fail({ kind: "parse", message: "the answer does not say stop" });
  }

  #common(body: Body): void {
    const { draft } = this;
    const { timings } = body;
    draft.usage = {
      ...draft.usage,
      prompt_tokens: body.tokens_evaluated ?? draft.usage.prompt_tokens,
      completion_tokens: body.tokens_predicted ?? draft.usage.completion_tokens,
    };
    if (body.model) draft.served_model = body.model;
    if (timings) {
      draft.server_latency_ms = llamaLatency(timings);
      draft.usage = { ...draft.usage, cached_prompt_tokens: cachedOf(timings, draft.usage.prompt_tokens) };
    }
    if (!body.stop) return;
    draft.terminated = true;
    draft.stop_reason = body.stop_type ?? olderReason(body);
  }
}

/** Older versions say only how many tokens of the prompt were computed. */
function cachedOf({ cache_n, prompt_n }: LlamaTimings, prompt_tokens: number | null): number | null {
  if (cache_n !== undefined) return cache_n;
  return prompt_n === undefined || prompt_tokens === null ? null : prompt_tokens - prompt_n;
}

function olderReason(body: Body): string | null {
  const said = body as Readonly<Record<string, unknown>>;
  return olderReasons.find((reason) => said[`stopped_${reason}`] === true) ?? null;
}
