/** What requests cost. Amounts are in the currency of the price file; null means: no price, or nothing to divide by. */

import type { Objectives, RequestRecord, TokenPrice } from "../core/mod.ts";
import { meets } from "./goodput.ts";
import { mean } from "./percentile.ts";
import { numbersOf, type Sequence } from "./sequence.ts";

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
export function totalTokenCost(usages: Sequence<TokenUsage>, price: TokenPrice): number | null {
  const costs = knownCosts(usages, price);
  return costs.length === 0 ? null : costs.reduce((sum, cost) => sum + cost, 0);
}

/** The mean cost of the requests with known tokens, given the successes; null when there is none. */
export function tokenCostPerTransaction(successes: Sequence<TokenUsage>, price: TokenPrice): number | null {
  return mean(knownCosts(successes, price));
}

function knownCosts(usages: Sequence<TokenUsage>, price: TokenPrice): Float64Array {
  return numbersOf(usages, (usage) => tokenCost(usage, price));
}

const tokensOf = ({ prompt_tokens, completion_tokens }: TokenUsage) =>
  prompt_tokens === null || completion_tokens === null ? null : prompt_tokens + completion_tokens;

/**
 * Cost of a transaction / mean prompt and completion tokens of a success together x 1,000,000, over the successes with
 * known tokens. The same for both tariffs: an instance's hours, or what the tokens cost, spread over the tokens of the
 * successes. null without a price, or without tokens.
 */
export function costPerMillionTokens(
  cost_per_transaction: number | null,
  successes: Sequence<TokenUsage>,
): number | null {
  const tokens = mean(numbersOf(successes, tokensOf));
  return cost_per_transaction === null || tokens === null || tokens === 0
    ? null
    : cost_per_transaction / tokens * 1e6;
}

/** What tells whether a success met the objectives, and how many tokens it had. */
export type TokensInTime = TokenUsage & Parameters<typeof meets>[0];

/**
 * Tokens of those successes that meet every objective / tokens of all successes, prompt and completion together, over the
 * successes with known tokens; null without tokens. The cost of a million tokens divided by it is that of a million good
 * ones: those that came too late are paid for, too.
 */
export function goodTokenShare(successes: Iterable<TokensInTime>, objectives: Objectives): number | null {
  let [good, all] = [0, 0];
  for (const success of successes) {
    const tokens = tokensOf(success) ?? 0;
    all += tokens;
    if (meets(success, objectives)) good += tokens;
  }
  return all === 0 ? null : good / all;
}

/** Spread over that part of its tokens that is good; null when none is, or the cost is not known. */
export function costPerMillionGoodTokens(
  cost_per_million_tokens: number | null,
  good_share: number | null,
): number | null {
  return cost_per_million_tokens === null || !good_share ? null : cost_per_million_tokens / good_share;
}
