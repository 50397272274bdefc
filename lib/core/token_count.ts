/** Tokens of requests whose server did not say. */

import type { RequestRecord } from "./columns.ts";

/**
 * One line of `data/completion_tokens.jsonl`, laid over the journal's record of that attempt. `token_source` is `tokenizer` for
 * one that the config names for the model, `estimate` for the shipped one; the last two columns follow from the counts.
 */
export type CountedTokens = Pick<
  RequestRecord,
  | "request_id"
  | "attempt"
  | "prompt_tokens"
  | "completion_tokens"
  | "token_source"
  | "tpot_ms"
  | "output_tokens_per_s"
>;
