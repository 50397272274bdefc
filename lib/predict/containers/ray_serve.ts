/** Ray Serve as FMBench deploys it on Kubernetes: the prompt is part of the address, the answer is plain text. */

import { UserError } from "../../core/mod.ts";
import type { ResponseHead, WireRequest } from "../../transport/mod.ts";
import { withoutEcho } from "./generate_body.ts";
import { withoutImages } from "../openai/openai_request.ts";
import type { Predictor, PredictorOptions } from "../predictor.ts";
import { requestHeaders } from "../request_headers.ts";
import { WholeReader } from "../response_reader.ts";

/** Ray Serve's server takes 64 KiB of request line and headers; a balancer before it may take less, and says so itself. */
const longestUrl = 62 << 10;

/**
 * The predictor `ray_serve`: GET of `URL/PROMPT`, or of `URL` and the prompt where the URL ends in a query such as `?sentence=`.
 * It never streams, tells no counts, and has no place for parameters: the service's own apply.
 *
 * @throws {UserError} if the endpoint's headers can't be made
 */
export function rayServe(options: PredictorOptions): Predictor {
  const { headers: usual, secrets } = requestHeaders({ ...options, stream: false }, {
    accept: "text/plain, */*",
  });
  const { "content-type": _, ...headers } = usual;
  const base = new URL(options.endpoint.url);
  const before = base.search === "" ? `${base.href.replace(/\/+$/, "")}/` : base.href;
  return {
    name: "ray_serve",
    begin(asked) {
      withoutImages(asked, "ray_serve");
      const { prompt } = asked;
      const url = before + encodeURIComponent(prompt.toWellFormed());
      if (url.length > longestUrl) throw tooLong(prompt, url.length);
      const request: WireRequest = { method: "GET", url, headers, body: null };
      return { request, reader: new RayServeReader(prompt, secrets) };
    },
    maxTokens: () => null,
  };
}

function tooLong(prompt: string, length: number): UserError {
  return new UserError({
    action: "send the prompt",
    thing: `${prompt.slice(0, 60)}…`,
    found: `it makes an address of ${length} bytes`,
    expected: `at most ${longestUrl}, since Ray Serve gets prompts in the address`,
    remedy:
      "Leave long prompts out by the payload filters, or serve the model by a protocol that takes a body.",
  });
}

class RayServeReader extends WholeReader {
  readonly #prompt: string;

  constructor(prompt: string, secrets: readonly string[]) {
    super(secrets);
    this.#prompt = prompt;
  }

  protected override headers({ headers }: ResponseHead): void {
    this.draft.server_request_id = headers.get("x-request-id") ?? null;
  }

  protected whole(bytes: Uint8Array): void {
    const { draft } = this;
    draft.text = withoutEcho(unwrapped(new TextDecoder().decode(bytes)), this.#prompt);
    draft.terminated = true;
  }
}

/** A body that is one JSON text, or a list of one, is that text; any other body is the text itself. */
function unwrapped(body: string): string {
  try {
    const value: unknown = JSON.parse(body);
    const text: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
    return typeof text === "string" ? text : body;
  } catch {
    return body;
  }
}
