import assert from "node:assert/strict";
import { seededRandom } from "../../lib/core/mod.ts";
import { LoadSearch } from "../../lib/metrics/mod.ts";
import { profiles } from "../../lib/simulate/mod.ts";
import { trialsUntilFound, trueLimit } from "../simulate/limit.ts";

/** A search at an endpoint whose share of good requests is known at every rate. */
function searched(shareAt: (rate: number) => number, { from_rps = 1, to_rps = 100, seed = 1, n = 400 } = {}) {
  const random = seededRandom(seed, "search");
  const search = new LoadSearch({ from_rps, to_rps, share: 0.95 });
  const rates: number[] = [];
  for (let rate_rps = search.ask(); rate_rps !== null; rate_rps = search.ask()) {
    rates.push(rate_rps);
    const good = Array.from({ length: n }, () => random.next() < shareAt(rate_rps!)).filter(Boolean).length;
    search.tell({ rate_rps, good, finished: n });
  }
  return { ...search.result(), rates };
}

Deno.test("it climbs by doubling and never asks for more than twice of what it tried before", () => {
  const { rates } = searched((rate) => rate < 10 ? 1 : 0);
  assert.deepEqual(rates.slice(0, 5), [1, 2, 4, 8, 16]);
  let highest = rates[0]!;
  for (const rate of rates.slice(1)) {
    assert.ok(rate <= 2 * highest + 1e-9, `${rate} after ${highest}`);
    highest = Math.max(highest, rate);
  }
});

Deno.test("a cliff is found within 5 %, and the interval is as narrow as asked for", () => {
  const { found, rate_rps, trials } = searched((rate) => rate < 10 ? 1 : 0);
  assert.equal(found, "between");
  assert.ok(Math.abs(rate_rps.value! - 10) < 0.5, `${rate_rps.value}`);
  assert.ok(rate_rps.low! <= 10 && 10 <= rate_rps.high!);
  assert.equal(rate_rps.n, 400 * trials.length);
});

Deno.test("the limit lies beyond a bound: it says so after a few trials", () => {
  const above = searched(() => 1, { to_rps: 8 });
  assert.deepEqual([above.found, above.rate_rps.value, above.rate_rps.low], ["at_least", 8, 8]);
  assert.ok(Math.max(...above.rates) <= 8);
  const below = searched(() => 0.2, { from_rps: 2 });
  assert.deepEqual([below.found, below.rate_rps.value, below.rate_rps.high], ["below", null, 2]);
  assert.ok(Math.min(...below.rates) >= 2 && below.trials.length <= 6, `${below.trials.length}`);
});

Deno.test("it keeps to its trials, and the same answers give the same search", () => {
  const shareAt = (rate: number) => 1 / (1 + Math.exp(4 * (Math.log(rate / 20) - 0.7)));
  const [one, other] = [searched(shareAt), searched(shareAt)];
  assert.deepEqual(one, other);
  assert.ok(one.trials.length <= 20);
});

Deno.test("wrong bounds, and a trial without requests, are refused", () => {
  assert.throws(() => new LoadSearch({ from_rps: 2, to_rps: 2, share: 0.9 }), RangeError);
  assert.throws(() => new LoadSearch({ from_rps: 1, to_rps: 2, share: 1 }), RangeError);
  const search = new LoadSearch({ from_rps: 1, to_rps: 2, share: 0.9 });
  assert.throws(() => search.tell({ rate_rps: 1, good: 0, finished: 0 }), RangeError);
  assert.equal(search.result().found, "unknown");
});

Deno.test("6 searches at the embedded endpoint's timing model in simulated time: 5 intervals hold the true limit", () => {
  const queue = {
    timing: profiles["sim-small"],
    lengths: { prompt_tokens: [100, 600], completion_tokens: [20, 60] },
    limit_ms: 1000,
    share: 0.95,
  } as const;
  const limit = trueLimit(queue, { seconds: 2000 });
  let covered = 0;
  const errors = [];
  for (let seed = 0; seed < 6; seed++) {
    const { rate_rps: { value, low, high } } = trialsUntilFound(queue, { seconds: 30, seed });
    if (low! <= limit && limit <= high!) covered++;
    errors.push(Math.abs(value! / limit - 1));
  }
  errors.sort((a, b) => a - b);
  const median = (errors[2]! + errors[3]!) / 2;
  assert.ok(covered >= 5 && median <= 0.05, `${covered} covered, errors ${errors}`);
});
