/** A model behind Ray Serve, as FMBench speaks to it on Kubernetes: the prompt is the path, the answer is plain text. */

import type { Dialect } from "../dialect.ts";
import { decoded } from "./json_body.ts";
import { lacking, textOnly } from "./lacking.ts";
import { serverMessages, shortId } from "./openai_error.ts";
import { wholeOnly } from "./whole_only.ts";

const plain = { "content-type": "text/plain; charset=utf-8" };
/** Half a text is a text, and there is nothing in it but the answer. */
const without = lacking(...textOnly, "malformed_json", "truncated", "no_usage", "oversized_line");

/** What is asked for at other servers, by those who want no answer in words. */
const elsewhere =
  /^\/(health|healthz|ready|ping|metrics|info|version|props|slots|models|v1|v2|-|favicon\.ico|robots\.txt)$/;

/** `GET /PROMPT`: one segment that has no meaning of its own here. */
export const rayServe: Dialect = {
  method: "GET",
  id_header: "x-request-id",
  serves: (path) => /^\/[^/]+$/.test(path) && !elsewhere.test(path),
  newId: (n) => shortId("ray", n),
  refused: ({ status, message }) => ({ status, body: message, headers: plain }),
  failed: (code) => ({ status: code, body: serverMessages[code], headers: plain }),
  read: ({ path }) => ({
    ...{ prompt: decoded(path.slice(1)), max_tokens: null, framing: null, without },
    compose: ({ spoken }) => wholeOnly(() => ({ body: spoken.tokens.join(""), headers: plain })),
  }),
};
