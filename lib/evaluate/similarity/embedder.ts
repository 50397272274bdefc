/** What turns texts into vectors, so that texts that mean the same lie close together. */

/** What embedding took so far, and what went wrong with it. */
export interface EmbedderAccount {
  /** Requests to an endpoint, or batches of a local model; retries included. */
  readonly calls: number;
  readonly texts: number;
  /** As the endpoint counts them; null: it doesn't. */
  readonly prompt_tokens: number | null;
  /** Texts that were longer than the model reads, of which only the beginning counts. An endpoint that cuts in silence is not noticed. */
  readonly truncated: number;
  /** Texts without a vector. */
  readonly failed: number;
  /** Why the first of them has none; null when all have. */
  readonly error_message: string | null;
}

/** One model that embeds. */
export interface Embedder {
  /** The model and whatever else decides its vectors: what the cache tells them apart by. */
  readonly name: string;
  /**
   * The vectors of texts, in their order; null for a text that could not be embedded, which `account` explains. Never rejects for
   * what happens to a request.
   */
  embed(texts: readonly string[]): Promise<readonly (Float32Array | null)[]>;
  account(): EmbedderAccount;
  /** Ends connections or the process. */
  close(): Promise<void>;
}
