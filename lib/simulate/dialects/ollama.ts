/** Ollama's own generate and chat; what it speaks of OpenAI's is at OpenAI's paths. */

import type { Dialect, Draft, Moment, Whole, Wording } from "../dialect.ts";
import { type Event, jsonLines } from "../framing.ts";
import { Refusal } from "../refusal.ts";
import { lastUserText } from "./chat_request.ts";
import { flagIn, invalid, type Json, jsonBody, limitIn, objectIn, textIn } from "./json_body.ts";
import { lacking } from "./lacking.ts";
import { serverMessages, shortId } from "./openai_error.ts";

const lines = jsonLines("application/x-ndjson");
const without = lacking("tool_calls", "role_only_first", "comments", "usage_tail");
const errorBody = (error: string) => JSON.stringify({ error });
const load_ns = 1_000_000;

type Kind = "generate" | "chat";

/** `POST /api/generate` and `/api/chat`. They stream unless they are told not to. */
export function ollama(model_id: string): readonly Dialect[] {
  return (["generate", "chat"] as const).map((kind): Dialect => ({
    method: "POST",
    id_header: "x-request-id",
    serves: (path) => path === `/api/${kind}`,
    newId: (n) => shortId("ollama", n),
    refused: ({ status, message }) => ({ status, body: errorBody(message) }),
    failed: (code) => ({ status: code, body: errorBody(serverMessages[code]) }),
    read(request) {
      const body = jsonBody(request.body);
      if (body["model"] !== model_id) throw new Refusal(404, `model '${body["model"]}' not found`);
      return {
        prompt: kind === "chat" ? lastUserText(body["messages"]) : textIn(body, "prompt"),
        max_tokens: predictLimit(objectIn(body, "options")),
        framing: flagIn(body, "stream", true) ? lines : null,
        without,
        compose: (draft) => new OllamaWording(draft, kind),
      };
    },
  }));
}

/** -1 and -2 are no limit. */
function predictLimit(options: Json): number | null {
  const { num_predict } = options;
  if (num_predict === -1 || num_predict === -2) return null;
  if (num_predict === 0) throw invalid("num_predict", "expected an integer of at least 1, or -1");
  return limitIn(options, "num_predict");
}

class OllamaWording implements Wording {
  readonly #draft: Draft;
  readonly #kind: Kind;

  constructor(draft: Draft, kind: Kind) {
    this.#draft = draft;
    this.#kind = kind;
  }

  opening = () => [];
  /** Every line says when it was made. */
  around = () => null;

  token(index: number, text: string): Event[] {
    const thinks = index < this.#draft.spoken.reasoning.length;
    return [this.#line(thinks ? "" : text, thinks ? text : "")];
  }

  empty(): Event {
    return this.#line("", "");
  }

  tail(moment: Moment): Event[] {
    return [{ data: JSON.stringify({ ...this.#said("", ""), ...this.#end(moment) }) }];
  }

  error(): Event {
    return { data: errorBody(serverMessages[503]) };
  }

  whole(moment: Moment): Whole {
    const { reasoning, tokens } = this.#draft.spoken;
    return {
      body: JSON.stringify({ ...this.#said(tokens.join(""), reasoning.join("")), ...this.#end(moment) }),
    };
  }

  #line(text: string, thinking: string): Event {
    return { data: JSON.stringify({ ...this.#said(text, thinking), done: false }) };
  }

  #said(text: string, thinking: string) {
    const common = { model: this.#draft.model_id, created_at: new Date().toISOString() };
    const thought = thinking === "" ? {} : { thinking };
    return this.#kind === "chat"
      ? { ...common, message: { role: "assistant", content: text, ...thought } }
      : { ...common, response: text, ...thought };
  }

  /** Durations in nanoseconds. */
  #end({ elapsed_ms, first_ms }: Moment) {
    const { spoken: { reason }, counts, shapes } = this.#draft;
    const ns = (ms: number) => Math.round(ms * 1e6);
    const quiet = shapes.has("no_usage");
    return {
      done: true,
      done_reason: reason,
      ...(this.#kind === "generate" ? { context: [] } : {}),
      total_duration: ns(elapsed_ms) + load_ns,
      load_duration: load_ns,
      ...(quiet ? {} : { prompt_eval_count: counts.prompt_tokens }),
      prompt_eval_duration: ns(first_ms),
      ...(quiet ? {} : { eval_count: counts.completion_tokens }),
      eval_duration: ns(elapsed_ms - first_ms),
    };
  }
}
