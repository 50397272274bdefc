/**
 * The AWS SDK over the instrument: lazy clients, a request handler for ordinary calls, and measured calls in two halves.
 * From: `core/`, `transport/`; the one area that imports `@aws-sdk`, and only when a client is asked for.
 * To: `predict/` (signed requests, answers read afterwards), `deploy/`.
 */
export * from "./clients.ts";
export * from "./recording.ts";
export * from "./request_handler.ts";
export * from "./signed_call.ts";
export * from "./transport_error.ts";
export * from "./wire_request.ts";
