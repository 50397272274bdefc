/** The account of an embedder while it works. */

import type { EmbedderAccount } from "./embedder.ts";

export class EmbeddingTally {
  #account: EmbedderAccount = {
    calls: 0,
    texts: 0,
    prompt_tokens: null,
    truncated: 0,
    failed: 0,
    error_message: null,
  };

  get account(): EmbedderAccount {
    return this.#account;
  }

  /** Adds what one call came to; the first message stays. */
  add(
    { calls = 0, texts = 0, prompt_tokens = null, truncated = 0, failed = 0, error_message = null }: Partial<
      EmbedderAccount
    >,
  ): void {
    const before = this.#account;
    this.#account = {
      calls: before.calls + calls,
      texts: before.texts + texts,
      prompt_tokens: prompt_tokens === null
        ? before.prompt_tokens
        : (before.prompt_tokens ?? 0) + prompt_tokens,
      truncated: before.truncated + truncated,
      failed: before.failed + failed,
      error_message: before.error_message ?? error_message,
    };
  }
}
