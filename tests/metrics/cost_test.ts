import assert from "node:assert/strict";
import { type Prices, tariffOf } from "../../lib/core/mod.ts";
import {
  costPerMillionGoodTokens,
  costPerMillionTokens,
  goodTokenShare,
  instanceCost,
  instanceCostPerTransaction,
  tokenCost,
  tokenCostPerTransaction,
  totalTokenCost,
} from "../../lib/metrics/mod.ts";

const near = (actual: number | null, expected: number) => {
  assert.notEqual(actual, null);
  assert.ok(
    Math.abs(actual! - expected) < 1e-12 * Math.max(1, Math.abs(expected)),
    `${actual} is not ${expected}`,
  );
};
const usage = (prompt_tokens: number | null, completion_tokens: number | null) => ({
  prompt_tokens,
  completion_tokens,
  cached_prompt_tokens: null as number | null,
  cache_write_tokens: null as number | null,
  reasoning_tokens: null as number | null,
});
const plain = {
  input_per_1k: 0.003,
  output_per_1k: 0.015,
  cache_read_per_1k: null,
  cache_write_per_1k: null,
  reasoning_per_1k: null,
};

Deno.test("an instance costs its hourly price over the successes per hour", () => {
  // 12 an hour x 2 instances / (40 x 60 per hour) = 24 / 2400.
  near(instanceCostPerTransaction(12, 2, 40), 0.01);
  // 90 s a request: 0.667 a minute, 6 / 40 an hour. FMBench: 99.
  near(instanceCostPerTransaction(6, 1, 60 / 90), 0.15);
  assert.equal(instanceCostPerTransaction(12, 2, 0), null);
  assert.equal(instanceCostPerTransaction(12, 2, null), null);
});

Deno.test("an instance costs its hourly price for as long as it ran", () => {
  // 12 x 2 x 90 / 3600
  near(instanceCost(12, 2, 90), 0.6);
});

Deno.test("tokens cost by kind", () => {
  // (1000 x 0.003 + 500 x 0.015) / 1000
  near(tokenCost(usage(1000, 500), plain), 0.0105);
  const kinds = {
    ...usage(1000, 500),
    cached_prompt_tokens: 200,
    cache_write_tokens: 100,
    reasoning_tokens: 300,
  };
  const priced = { ...plain, cache_read_per_1k: 0.0003, cache_write_per_1k: 0.00375, reasoning_per_1k: 0.06 };
  // (700 x 0.003 + 200 x 0.0003 + 100 x 0.00375 + 200 x 0.015 + 300 x 0.06) / 1000
  // = (2.1 + 0.06 + 0.375 + 3 + 18) / 1000
  near(tokenCost(kinds, priced), 0.023535);
  // Without prices of their own they cost what ordinary tokens cost.
  near(tokenCost(kinds, plain), 0.0105);
});

Deno.test("tokens that nobody counted have no cost", () => {
  assert.equal(tokenCost(usage(null, 5), plain), null);
  assert.equal(tokenCost(usage(5, null), plain), null);
  assert.equal(tokenCostPerTransaction([usage(null, null)], plain), null);
  assert.equal(totalTokenCost([], plain), null);
});

Deno.test("a transaction costs the mean over the successes with known tokens", () => {
  // 0.0105 and (2000 x 0.003 + 100 x 0.015) / 1000 = 0.0075: together 0.018, mean 0.009.
  const successes = [usage(1000, 500), usage(2000, 100), usage(null, null)];
  near(totalTokenCost(successes, plain), 0.018);
  near(tokenCostPerTransaction(successes, plain), 0.009);
});

Deno.test("a million tokens cost what a transaction costs over its tokens", () => {
  const successes = [usage(900, 100), usage(400, 100), usage(null, 7)];
  // 0.003 a transaction, 750 tokens in the mean of the two that are known: 0.003 / 750 x 1,000,000.
  near(costPerMillionTokens(0.003, successes), 4);
  // Tokens at 0.003 and 0.015 a thousand: 0.0042 and 0.0027, 0.0069 for 1,500 tokens: 4.6 a million.
  near(costPerMillionTokens(tokenCostPerTransaction(successes, plain), successes), 4.6);
  assert.equal(costPerMillionTokens(null, successes), null);
  assert.equal(costPerMillionTokens(0.003, []), null);
  assert.equal(costPerMillionTokens(0.003, [usage(null, null)]), null);
  assert.equal(costPerMillionTokens(0.003, [usage(0, 0)]), null);
});

Deno.test("a million good tokens bear the cost of those that came too late", () => {
  const took = (e2e_ms: number, tokens: number | null) => ({
    ...usage(tokens, tokens === null ? null : 0),
    status: "ok" as const,
    e2e_ms,
    response_ms: e2e_ms,
    ttft_ms: null,
    tpot_ms: null,
  });
  // 250 of 1,000 tokens within 2 s: each good one pays for four.
  const successes = [took(1000, 250), took(3000, 750), took(1000, null)];
  near(goodTokenShare(successes, { e2e_ms: 2000 }), 0.25);
  near(costPerMillionGoodTokens(4, 0.25), 16);
  // Nothing asked for: all are good.
  near(goodTokenShare(successes, {}), 1);
  // A figure that nobody measured meets no objective; and then nothing is there to bear the cost.
  assert.equal(goodTokenShare(successes, { ttft_ms: 1000 }), 0);
  assert.equal(costPerMillionGoodTokens(4, 0), null);
  assert.equal(goodTokenShare([], {}), null);
  assert.equal(costPerMillionGoodTokens(4, null), null);
  assert.equal(costPerMillionGoodTokens(null, 1), null);
});

const prices: Prices = {
  meta: { region: null, currency: "USD", date: null, source: null },
  instance_based: { "m.big": 5 },
  token_based: { "model-a": plain, "hosted": { ...plain, input_per_1k: 1 } },
  provisioned_based: {},
};

Deno.test("the instance's price goes before the model's, the model's before the instance type's", () => {
  assert.deepEqual(tariffOf({ experiment_name: "e", instance_type: "m.big", model_id: "model-a" }, prices), {
    basis: "instance",
    hourly: 5,
  });
  assert.deepEqual(tariffOf({ experiment_name: "e", instance_type: "hosted", model_id: "model-a" }, prices), {
    basis: "token",
    price: plain,
  });
  assert.equal(
    tariffOf({ experiment_name: "e", instance_type: "hosted", model_id: "other" }, prices)?.basis,
    "token",
  );
});

Deno.test("without a price there is no tariff, whatever the name", () => {
  assert.equal(tariffOf({ experiment_name: "e", instance_type: "m.small", model_id: "other" }, prices), null);
  assert.equal(
    tariffOf({ experiment_name: "e", instance_type: "constructor", model_id: "toString" }, prices),
    null,
  );
});

Deno.test("an experiment's own tariff goes before every table, also where it says that nobody knows", () => {
  const own = {
    ...prices,
    experiment_based: { mine: { basis: "instance", hourly: 2 } as const, theirs: null },
  };
  const of = (experiment_name: string) =>
    tariffOf({ experiment_name, instance_type: "m.big", model_id: "model-a" }, own);
  assert.deepEqual(of("mine"), { basis: "instance", hourly: 2 });
  assert.equal(of("theirs"), null);
  assert.deepEqual(of("other"), { basis: "instance", hourly: 5 });
  assert.deepEqual(of("toString"), { basis: "instance", hourly: 5 });
});
