/** Text Generation Inference. */

import type { Dialect } from "../dialect.ts";
import { tightEvents } from "../framing.ts";
import { readGenerate } from "./generate_request.ts";
import { TgiWording } from "./generate_wording.ts";
import { jsonBody } from "./json_body.ts";
import { lacking, textOnly } from "./lacking.ts";
import { serverMessages, shortId } from "./openai_error.ts";

const kinds = { 429: "overloaded", 500: "incomplete_generation", 503: "overloaded" } as const;
const without = lacking(...textOnly, "empty_deltas", "usage_tail");

/** `POST /generate` and `/generate_stream`. */
export const tgi: Dialect = {
  method: "POST",
  id_header: "x-request-id",
  serves: (path) => path === "/generate" || path === "/generate_stream",
  newId: (n) => shortId("tgi", n),
  refused: ({ status, message }) => ({
    status: status === 400 ? 422 : status,
    body: JSON.stringify({ error: `Input validation error: ${message}`, error_type: "validation" }),
  }),
  failed: (code) => ({
    status: code,
    body: JSON.stringify({ error: serverMessages[code], error_type: kinds[code] }),
  }),
  read({ path, body }) {
    const request = readGenerate(jsonBody(body));
    const { prompt, max_tokens } = request;
    return {
      ...{ prompt, max_tokens, framing: path.endsWith("_stream") ? tightEvents : null, without },
      compose: (draft) => new TgiWording(draft, request, false),
    };
  },
};
