/** What requests cost. Amounts are in the currency of the price file; null means: no price, or nothing to divide by. */

import type { Prices, RequestRecord, TokenPrice } from "../core/mod.ts";
import { mean } from "./percentile.ts";

/** Who is paid for an experiment: the machine by the hour, or the provider by the token. */
export type Tariff =
  | { readonly basis: "instance"; readonly hourly: number }
  | { readonly basis: "token"; readonly price: TokenPrice };

/**
 * The tariff of an experiment: the hourly price of its instance type where there is one, else the token prices of its
 * model, or of its instance type (configurations name hosted models there); null without any.
 */
export function tariffOf(
  experiment: { readonly instance_type: string; readonly model_id: string },
  prices: Prices,
): Tariff | null {
  const { instance_type, model_id } = experiment;
  const hourly = ownValue(prices.instance_based, instance_type);
  if (hourly !== null) return { basis: "instance", hourly };
  const price = ownValue(prices.token_based, model_id) ?? ownValue(prices.token_based, instance_type);
  return price === null ? null : { basis: "token", price };
}

function ownValue<T>(table: Readonly<Record<string, T>>, key: string): T | null {
  return Object.hasOwn(table, key) ? table[key]! : null;
}

/** Hourly price x instances x hours. */
export function instanceCost(hourly: number, instances: number, seconds: number): number {
  return (hourly * instances * seconds) / 3600;
}

/** Hourly price x instances / successes per hour; null when nothing succeeded or no rate is known. */
export function instanceCostPerTransaction(
  hourly: number,
  instances: number,
  transactions_per_minute: number | null,
): number | null {
  if (transactions_per_minute === null || transactions_per_minute === 0) return null;
  return (hourly * instances) / (transactions_per_minute * 60);
}

/** Tokens of one request by kind. */
export type TokenUsage = Pick<
  RequestRecord,
  | "prompt_tokens"
  | "completion_tokens"
  | "cached_prompt_tokens"
  | "cache_write_tokens"
  | "reasoning_tokens"
>;

/**
 * What the tokens of one request cost. Tokens read from or written to a cache are part of the prompt's, reasoning
 * tokens part of the completion's: each is priced once, by its own price or, where that is null, as an ordinary prompt
 * or completion token. null when the prompt's or the completion's tokens are not known.
 */
export function tokenCost(usage: TokenUsage, price: TokenPrice): number | null {
  const { prompt_tokens, completion_tokens } = usage;
  if (prompt_tokens === null || completion_tokens === null) return null;
  const read = usage.cached_prompt_tokens ?? 0;
  const written = usage.cache_write_tokens ?? 0;
  const reasoning = usage.reasoning_tokens ?? 0;
  return (
    (prompt_tokens - read - written) * price.input_per_1k +
    read * (price.cache_read_per_1k ?? price.input_per_1k) +
    written * (price.cache_write_per_1k ?? price.input_per_1k) +
    (completion_tokens - reasoning) * price.output_per_1k +
    reasoning * (price.reasoning_per_1k ?? price.output_per_1k)
  ) / 1000;
}

/** The sum of what the requests with known tokens cost; null when there is none. */
export function totalTokenCost(usages: readonly TokenUsage[], price: TokenPrice): number | null {
  const costs = knownCosts(usages, price);
  return costs.length === 0 ? null : costs.reduce((sum, cost) => sum + cost, 0);
}

/** The mean cost of the requests with known tokens, given the successes; null when there is none. */
export function tokenCostPerTransaction(successes: readonly TokenUsage[], price: TokenPrice): number | null {
  return mean(knownCosts(successes, price));
}

function knownCosts(usages: readonly TokenUsage[], price: TokenPrice): number[] {
  return usages.map((usage) => tokenCost(usage, price)).filter((cost) => cost !== null);
}
