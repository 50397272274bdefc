/** A prompt cache as Bedrock's: what stands before a cache point costs once in full, and then little. */

import { sha256 } from "../../core/mod.ts";
import { estimateTokens } from "../tokens.ts";

/** Tokens of a request's shared part. */
export interface CacheUse {
  readonly read: number;
  readonly written: number;
}

export class PromptCache {
  readonly #known = new Set<string>();

  /**
   * What a request would find.
   *
   * @param shared all text before its last cache point; null: it has none
   */
  look(shared: string | null): CacheUse {
    if (shared === null || shared === "") return { read: 0, written: 0 };
    const tokens = estimateTokens(shared);
    return this.#known.has(sha256(shared)) ? { read: tokens, written: 0 } : { read: 0, written: tokens };
  }

  /** Takes in what a request shared, once it is answered. */
  keep(shared: string | null): void {
    if (shared !== null) this.#known.add(sha256(shared));
  }
}
