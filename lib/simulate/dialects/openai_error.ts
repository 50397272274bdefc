/** Errors in OpenAI's form, which most of its imitators took over. */

import type { Dialect, ErrorAnswer, ServerError } from "../dialect.ts";
import type { Refusal } from "../refusal.ts";

/** The body of an error that is the request's. */
export function errorBody(refusal: Pick<Refusal, "message" | "param" | "code">): string {
  const { message, param, code } = refusal;
  return JSON.stringify({ error: { message, type: "invalid_request_error", param, code } });
}

/** What the server says went wrong, in every protocol. */
export const serverMessages: Readonly<Record<ServerError, string>> = {
  429: "Too many requests: this is a simulated limit.",
  500: "The server had a simulated error.",
  503: "The server is overloaded, by simulation.",
};

/** The body of an error that is the server's. */
export function serverError(code: ServerError): string {
  const type = code === 429 ? "rate_limit_error" : "server_error";
  return JSON.stringify({ error: { message: serverMessages[code], type, param: null, code } });
}

/** How the servers in OpenAI's manner name and refuse requests. */
export const openaiManner = {
  id_header: "x-request-id",
  refused: (refusal: Refusal): ErrorAnswer => ({ status: refusal.status, body: errorBody(refusal) }),
  failed: (code: ServerError): ErrorAnswer => ({ status: code, body: serverError(code) }),
} satisfies Partial<Dialect>;

/** An id like `chatcmpl-7-0f3a9c21`. */
export function shortId(kind: string, n: number): string {
  return `${kind}-${n}-${crypto.randomUUID().slice(0, 8)}`;
}
