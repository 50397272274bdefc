/** A service with a form of its own, which nobody else has: what the predictor `rest` can be told to speak. */

import type { Dialect, Draft, Whole, Wording } from "../dialect.ts";
import { type Event, serverSentEvents } from "../framing.ts";
import { Refusal } from "../refusal.ts";
import { flagIn, type Json, jsonBody, limitIn, textIn } from "./json_body.ts";
import { lacking, textOnly } from "./lacking.ts";
import { serverMessages, shortId } from "./openai_error.ts";

const without = lacking(...textOnly, "usage_tail");
const errorBody = (error: string) => JSON.stringify({ error });

/**
 * `POST /rest` with `{model_id, prompt, max_tokens, stream}`, the last two optional; the answer is
 * `{completions: [{text, finish_reason}], usage}`, streamed in events of the same form, the last of them `[DONE]`.
 */
export function rest(model_id: string): Dialect {
  return {
    method: "POST",
    id_header: "x-request-id",
    serves: (path) => path === "/rest",
    newId: (n) => shortId("rest", n),
    refused: ({ status, message }) => ({ status, body: errorBody(message) }),
    failed: (code) => ({ status: code, body: errorBody(serverMessages[code]) }),
    read(request) {
      const body = jsonBody(request.body);
      const named = textIn(body, "model_id");
      if (named !== model_id) throw new Refusal(404, `There is no model ${named}.`);
      return {
        prompt: textIn(body, "prompt"),
        max_tokens: limitIn(body, "max_tokens", "max_new_tokens"),
        framing: flagIn(body, "stream") ? serverSentEvents : null,
        without,
        compose: (draft) => new RestWording(draft),
      };
    },
  };
}

class RestWording implements Wording {
  readonly #draft: Draft;

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  opening = () => [];

  token(_: number, text: string): Event[] {
    return [said({ text })];
  }

  around() {
    return { prefix: '{"completions":[{"text":', suffix: "}]}" };
  }

  empty(): Event {
    return said({ text: "" });
  }

  tail(): Event[] {
    const { reason } = this.#draft.spoken;
    return [said({ text: "", finish_reason: reason }, this.#usage()), { data: "[DONE]" }];
  }

  error(): Event {
    return { data: errorBody(serverMessages[503]) };
  }

  whole(): Whole {
    const { tokens, reason } = this.#draft.spoken;
    return { body: said({ text: tokens.join(""), finish_reason: reason }, this.#usage()).data };
  }

  #usage(): Json {
    const { counts: { prompt_tokens, completion_tokens }, shapes } = this.#draft;
    return shapes.has("no_usage") ? {} : { usage: { prompt_tokens, completion_tokens } };
  }
}

function said(completion: Json, more: Json = {}): Event {
  return { data: JSON.stringify({ completions: [completion], ...more }) };
}
