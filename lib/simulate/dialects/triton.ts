/** Triton's generate extension, with the body of vLLM's and TensorRT-LLM's backends or of AWS's Neuron one. */

import type { Dialect, Draft, Whole, Wording } from "../dialect.ts";
import { type Event, serverSentEvents } from "../framing.ts";
import { Refusal } from "../refusal.ts";
import { decoded, isObject, type Json, jsonBody, limitIn, objectIn, textIn } from "./json_body.ts";
import { lacking, textOnly } from "./lacking.ts";
import { serverMessages, shortId } from "./openai_error.ts";

const address = /^\/v2\/models\/([^/]+)(?:\/versions\/[^/]+)?\/generate(_stream)?$/;
/** A stream says nothing but text: neither counts, nor a reason, nor that it is at its end. */
const without = lacking(...textOnly, "truncated", "no_usage", "usage_tail");

const errorBody = (error: string) => JSON.stringify({ error });

/** `POST /v2/models/MODEL/generate` and `/generate_stream`. */
export function triton(model_id: string): Dialect {
  return {
    method: "POST",
    id_header: "x-request-id",
    serves: (path) => address.test(path),
    newId: (n) => shortId("triton", n),
    refused: ({ status, message }) => ({ status, body: errorBody(message) }),
    failed: (code) => ({ status: code, body: errorBody(serverMessages[code]) }),
    read(request) {
      const [, name = "", streaming] = address.exec(request.path) ?? [];
      if (decoded(name) !== model_id) {
        throw new Refusal(400, `Request for unknown model: '${decoded(name)}' is not found`);
      }
      const body = jsonBody(request.body);
      const parameters = { ...body, ...objectIn(body, "parameters"), ...samplingParameters(body) };
      return {
        prompt: textIn(body, "text_input"),
        max_tokens: limitIn(parameters, "max_tokens", "max_new_tokens"),
        framing: streaming === undefined ? null : serverSentEvents,
        without,
        compose: (draft) => new TritonWording(draft),
      };
    },
  };
}

/** Neuron's backend takes its parameters as a JSON text. Throws Refusal. */
function samplingParameters({ sampling_parameters: given }: Json): Json {
  if (given === undefined) return {};
  try {
    const parameters: unknown = JSON.parse(String(given));
    if (isObject(parameters)) return parameters;
  } catch {
    // The message below says what is expected.
  }
  throw new Refusal(400, "Error generating stream: sampling_parameters is no JSON object");
}

class TritonWording implements Wording {
  readonly #draft: Draft;

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  opening = () => [];
  tail = () => [];

  token(_: number, text: string): Event[] {
    return [{ data: this.#said(text) }];
  }

  around() {
    const [prefix = "", suffix = ""] = this.#said("").split('"text_output":""');
    return { prefix: `${prefix}"text_output":`, suffix };
  }

  empty(): Event {
    return { data: this.#said("") };
  }

  error(): Event {
    return { data: errorBody(serverMessages[503]) };
  }

  whole(): Whole {
    return { body: this.#said(this.#draft.spoken.tokens.join("")) };
  }

  #said(text_output: string): string {
    return JSON.stringify({ model_name: this.#draft.model_id, model_version: "1", text_output });
  }
}
