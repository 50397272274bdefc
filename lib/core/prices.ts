/** Prices, who has which, and what they are compared with. */

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
  /** Model id, or a name of one's own for a commitment -> price per hour of one model unit. */
  readonly provisioned_based: Readonly<Record<string, number>>;
  /**
   * Experiment name -> what it pays whatever the tables say, by its own prices or as provisioned throughput; null: it is
   * provisioned, and nobody knows what a unit costs. Absent: the tables speak for all.
   */
  readonly experiment_based?: Readonly<Record<string, Tariff | null>>;
}

/** Who is paid for an experiment: the machine, or the model unit, by the hour; or the provider by the token. */
export type Tariff =
  | { readonly basis: "instance"; readonly hourly: number }
  | { readonly basis: "token"; readonly price: TokenPrice };

/** What tells which price an experiment has. */
export interface PricedExperiment {
  readonly experiment_name: string;
  readonly instance_type: string;
  readonly model_id: string;
}

/**
 * The tariff of an experiment: its own where it has one; else the hourly price of its instance type; else the token
 * prices of its model, or of its instance type (configurations name hosted models there); null without any.
 */
export function tariffOf(
  { experiment_name, instance_type, model_id }: PricedExperiment,
  prices: Prices,
): Tariff | null {
  const { experiment_based = {}, instance_based, token_based } = prices;
  if (Object.hasOwn(experiment_based, experiment_name)) return experiment_based[experiment_name]!;
  const hourly = ownValue(instance_based, instance_type);
  if (hourly !== null) return { basis: "instance", hourly };
  const price = ownValue(token_based, model_id) ?? ownValue(token_based, instance_type);
  return price === null ? null : { basis: "token", price };
}

/** The entry of a table; null without one, whatever else the key may mean to an object. */
export function ownValue<T>(table: Readonly<Record<string, T>>, key: string): T | null {
  return Object.hasOwn(table, key) ? table[key]! : null;
}

/** Which figure of the response times a latency budget is compared with. */
export type LatencyStatistic = "p50" | "p95" | "p99" | "mean";

/** What the workload may take: the `report:` section. */
export interface Budgets {
  /** Seconds, compared with `latency_statistic` of the response time. */
  readonly latency_budget: number;
  readonly latency_statistic: LatencyStatistic;
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
