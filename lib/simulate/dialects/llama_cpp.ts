/** llama.cpp's own completion; what its server speaks of OpenAI's is at OpenAI's paths. */

import type { Dialect, Draft, Moment, ServerError, Whole, Wording } from "../dialect.ts";
import { type Event, serverSentEvents } from "../framing.ts";
import { flagIn, type Json, jsonBody, limitIn, textIn } from "./json_body.ts";
import { lacking, textOnly } from "./lacking.ts";
import { serverMessages, shortId } from "./openai_error.ts";

const without = lacking(...textOnly, "usage_tail");

function errorBody(code: number, message: string): string {
  const types: Readonly<Record<number, string>> = {
    429: "unavailable_error",
    500: "server_error",
    503: "unavailable_error",
  };
  return JSON.stringify({ error: { code, message, type: types[code] ?? "invalid_request_error" } });
}

/** `POST /completion`. */
export const llamaCpp: Dialect = {
  method: "POST",
  id_header: "x-request-id",
  serves: (path) => path === "/completion",
  newId: (n) => shortId("llama", n),
  refused: ({ status, message }) => ({ status, body: errorBody(status, message) }),
  failed: (code: ServerError) => ({ status: code, body: errorBody(code, serverMessages[code]) }),
  read(request) {
    const body = jsonBody(request.body);
    const prompt = textIn(body, "prompt");
    return {
      prompt,
      max_tokens: predictLimit(body),
      framing: flagIn(body, "stream") ? serverSentEvents : null,
      without,
      compose: (draft) => new LlamaWording(draft, prompt),
    };
  },
};

/** -1 is no limit. */
function predictLimit(body: Json): number | null {
  return body["n_predict"] === -1 ? null : limitIn(body, "n_predict", "max_tokens");
}

class LlamaWording implements Wording {
  readonly #draft: Draft;
  readonly #prompt: string;

  constructor(draft: Draft, prompt: string) {
    this.#draft = draft;
    this.#prompt = prompt;
  }

  opening = () => [];
  /** Every event counts the tokens so far. */
  around = () => null;

  token(index: number, content: string): Event[] {
    return [this.#part(content, index + 1)];
  }

  empty(index: number): Event {
    return this.#part("", index);
  }

  tail(moment: Moment): Event[] {
    return [{ data: JSON.stringify(this.#end("", moment)) }];
  }

  error(): Event {
    return { data: errorBody(503, serverMessages[503]) };
  }

  whole(moment: Moment): Whole {
    return { body: JSON.stringify(this.#end(this.#draft.spoken.tokens.join(""), moment)) };
  }

  #part(content: string, tokens_predicted: number): Event {
    const { counts: { prompt_tokens }, shapes } = this.#draft;
    const counts = shapes.has("no_usage") ? {} : { tokens_predicted, tokens_evaluated: prompt_tokens };
    const tokens = content === "" ? [] : [tokens_predicted];
    return { data: JSON.stringify({ index: 0, content, tokens, stop: false, id_slot: -1, ...counts }) };
  }

  #end(content: string, { elapsed_ms, first_ms }: Moment) {
    const { spoken: { reason }, counts: { prompt_tokens, completion_tokens }, model_id, shapes } =
      this.#draft;
    const generating_ms = elapsed_ms - first_ms;
    const counted = shapes.has("no_usage") ? {} : {
      tokens_predicted: completion_tokens,
      tokens_evaluated: prompt_tokens,
      tokens_cached: prompt_tokens + completion_tokens - 1,
      timings: {
        ...{ cache_n: 0, prompt_n: prompt_tokens, prompt_ms: first_ms },
        ...{
          prompt_per_token_ms: first_ms / prompt_tokens,
          prompt_per_second: prompt_tokens / first_ms * 1000,
        },
        ...{ predicted_n: completion_tokens, predicted_ms: generating_ms },
        predicted_per_token_ms: generating_ms / completion_tokens,
        predicted_per_second: completion_tokens / generating_ms * 1000,
      },
    };
    return {
      ...{ index: 0, content, tokens: [], id_slot: 0, stop: true, model: model_id, generation_settings: {} },
      ...{ prompt: this.#prompt, has_new_line: false, truncated: false, stopping_word: "" },
      stop_type: reason === "length" ? "limit" : "eos",
      ...counted,
    };
  }
}
