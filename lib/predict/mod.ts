/**
 * The wire protocols: what a request's body is, and what an answer says. One module a protocol; none of them has a clock.
 * From: `core/`, `transport/` (requests, sinks, event scanner).
 * To: `load/`, `evaluate/`, `pipeline/`.
 */
export * from "./predictor.ts";
export * from "./answer.ts";
export * from "./answer_draft.ts";
export * from "./failure.ts";
export * from "./registry.ts";
export * from "./openai_chat.ts";
