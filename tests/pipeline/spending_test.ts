import assert from "node:assert/strict";
import { limitReached } from "../../lib/pipeline/limits.ts";
import { Spending } from "../../lib/pipeline/spending.ts";
import { endpoint } from "../load/made_up.ts";
import { pricesOf } from "./made_up_prices.ts";

const prices = pricesOf(6);

const api = endpoint({ experiment_name: "api", model_id: "api", instance_type: "api", url: "http://api" });
const box = endpoint({
  experiment_name: "box",
  model_id: "m",
  instance_type: "box",
  instance_count: 2,
  url: "http://box",
});

const record = {
  experiment_name: "api",
  segment: "s1",
  concurrency: 4,
  sent_ms: 1000,
  ended_ms: 2000,
  prompt_tokens: 1000,
  completion_tokens: 500,
  cached_prompt_tokens: null,
  cache_write_tokens: null,
  reasoning_tokens: null,
};

Deno.test("tokens cost what the records say, and an instance all the time in which load is sent", () => {
  const spending = new Spending([api, box], prices);
  spending.take(record);
  spending.take({ ...record, prompt_tokens: null, completion_tokens: null });
  // Tokens: 1000 / 1000 x 1 + 500 / 1000 x 2 = 2. Instances: 2 x 6 an hour, for 15 minutes: 3.
  assert.deepEqual(spending.spent(15 * 60_000), { requests: 2, minutes: 15, dollars: 5 });
  // The one answer with a price cost 2, and 4 were in flight.
  assert.equal(spending.inFlight(), 8);
});

Deno.test("two experiments on one endpoint pay its instances once", () => {
  const spending = new Spending([box, { ...box, experiment_name: "again" }], prices);
  assert.equal(spending.spent(3_600_000).dollars, 12);
});

Deno.test("earlier segments count from their first send to their last end, each by its own stamps", () => {
  const spending = new Spending([box], prices);
  for (
    const [segment, sent_ms, ended_ms] of [["s1", 0, 60_000], ["s1", 30_000, 120_000], [
      "s2",
      0,
      60_000,
    ]] as const
  ) {
    spending.takeEarlier({ ...record, experiment_name: "box", segment, sent_ms, ended_ms });
  }
  // 2 minutes + 1 minute, and 3 in this start: 6 minutes at 12 an hour.
  const { requests, minutes, dollars } = spending.spent(3 * 60_000);
  assert.deepEqual([requests, minutes, Number(dollars.toFixed(9))], [3, 6, 1.2]);
  assert.equal(spending.inFlight(), 0);
});

Deno.test("what was planned and never sent is no request", () => {
  const spending = new Spending([api], prices);
  spending.take({ ...record, sent_ms: null, prompt_tokens: null });
  assert.equal(spending.spent(0).requests, 0);
});

Deno.test("a limit is reached when it is met, money already when what is in flight would meet it", () => {
  const none = { dollars: null, requests: null, minutes: null };
  const spent = { requests: 10, minutes: 2, dollars: 5 };
  assert.equal(limitReached(none, spent, 3, "USD"), null);
  assert.equal(limitReached({ ...none, requests: 11 }, spent, 0, "USD"), null);
  assert.equal(
    limitReached({ ...none, requests: 10 }, spent, 0, "USD"),
    "limits.requests: 10 of 10 were sent",
  );
  assert.equal(
    limitReached({ ...none, minutes: 1.5 }, spent, 0, "USD"),
    "limits.minutes: load was sent for 2 of 1.5 minutes",
  );
  assert.equal(limitReached({ ...none, dollars: 8.01 }, spent, 3, "USD"), null);
  assert.equal(
    limitReached({ ...none, dollars: 8 }, spent, 3, "USD"),
    "limits.dollars: $5.00 of $8.00 were spent, with about $3.00 in flight",
  );
});
