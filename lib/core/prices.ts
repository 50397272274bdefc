/** Prices and what they are compared with. */

/** Price of one model per 1,000 tokens of each kind, in the file's currency. */
export interface TokenPrice {
  readonly input_per_1k: number;
  readonly output_per_1k: number;
  readonly cache_read_per_1k: number | null;
  readonly cache_write_per_1k: number | null;
  /** null: reasoning tokens cost what output tokens cost. */
  readonly reasoning_per_1k: number | null;
}

/** Where and when prices hold. */
export interface PriceMeta {
  readonly region: string | null;
  readonly currency: string;
  /** ISO date; null when the file does not say. */
  readonly date: string | null;
  readonly source: string | null;
}

export interface Prices {
  readonly meta: PriceMeta;
  /** Instance type -> price per hour. */
  readonly instance_based: Readonly<Record<string, number>>;
  /** Model id -> price per 1,000 tokens. */
  readonly token_based: Readonly<Record<string, TokenPrice>>;
}

/** What the workload may take: the `report:` section. */
export interface Budgets {
  /** Seconds, compared with the p95 of the E2E latency. */
  readonly latency_budget: number;
  /** For 10,000 transactions, in the price file's currency; null = not asked for. */
  readonly cost_per_10k_txn_budget: number | null;
  /** Greatest fraction of failed requests. */
  readonly error_rate_budget: number;
  /** Least fraction of right answers; null = not asked for. */
  readonly accuracy_budget: number | null;
  /** Least mean cosine similarity of answers to the right ones; null = not asked for. */
  readonly cosine_similarity_budget: number | null;
  /** Greatest fraction of answers without a verdict; null = not asked for. */
  readonly accuracy_error_rate_budget: number | null;
}
