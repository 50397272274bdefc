import assert from "node:assert/strict";
import fc from "fast-check";
import { Quotas, QuotaWindow } from "../../../lib/load/study/quotas.ts";

const minute = 60_000;

Deno.test("requests of a minute: the next goes out when the first is a minute old, not before, by when it really went out", () => {
  const window = new QuotaWindow({ requests_per_minute: 2, tokens_per_minute: null });
  assert.equal(window.wait_ms(0, 5), 0);
  window.settle(window.take(0, 5), 0, null);
  window.settle(window.take(9_990, 5), 10_000, null);
  assert.equal(window.wait_ms(15_000, 5), 45_000);
  assert.equal(window.wait_ms(59_999, 5), 1);
  assert.equal(window.wait_ms(minute, 5), 0);
  window.settle(window.take(minute, 5), minute, null);
  assert.equal(window.wait_ms(minute, 5), 10_000);
});

Deno.test("tokens are held at what a call may take until it says what it took", () => {
  const window = new QuotaWindow({ requests_per_minute: null, tokens_per_minute: 1000 });
  const first = window.take(0, 600);
  assert.equal(window.wait_ms(1000, 400), 0);
  assert.equal(window.wait_ms(1000, 401), Infinity, "the first is under way: nobody knows what it takes");
  window.settle(first, 0, 100);
  assert.equal(window.wait_ms(1000, 900), 0);
  const second = window.take(1000, 900);
  window.settle(second, 1000, null);
  assert.equal(window.wait_ms(2000, 100), 58_000, "100 are free when the first is a minute old");
  assert.equal(window.wait_ms(2000, 200), 59_000, "it takes the second's too");
  assert.equal(window.wait_ms(2000, 5000), 59_000, "more than a minute's tokens have the minute alone");
});

Deno.test("a call under way counts however long it takes; one that never went out does not count", () => {
  const window = new QuotaWindow({ requests_per_minute: 1, tokens_per_minute: null });
  const long = window.take(0, 1);
  assert.equal(window.wait_ms(2 * minute, 1), Infinity);
  window.settle(long, 0, null);
  assert.equal(window.wait_ms(2 * minute, 1), 0);
  window.settle(window.take(2 * minute, 1), null, null);
  assert.equal(window.wait_ms(2 * minute, 1), 0);
});

Deno.test("whatever is asked for, no minute has more than its quota", () => {
  fc.assert(fc.property(
    fc.array(
      fc.record({
        tokens: fc.integer({ min: 1, max: 400 }),
        took: fc.integer({ min: 1, max: 400 }),
        pause: fc.integer({ min: 0, max: 30_000 }),
      }),
      { maxLength: 60 },
    ),
    fc.integer({ min: 1, max: 8 }),
    (calls, limit) => {
      const window = new QuotaWindow({ requests_per_minute: limit, tokens_per_minute: 1000 });
      const sent: { at: number; tokens: number }[] = [];
      let now = 0;
      for (const { tokens, took, pause } of calls) {
        now += pause;
        now += window.wait_ms(now, tokens);
        const taken = Math.min(tokens, took);
        window.settle(window.take(now, tokens), now, taken);
        sent.push({ at: now, tokens: taken });
      }
      for (const { at } of sent) {
        const within = sent.filter((other) => other.at > at - minute && other.at <= at);
        assert.ok(within.length <= limit);
        assert.ok(within.reduce((sum, { tokens }) => sum + tokens, 0) <= 1000);
      }
    },
  ));
});

Deno.test("levels share a quota, and take turns in the order in which they came", async () => {
  const quotas = new Quotas([
    { levels: [0, 1], requests_per_minute: 1, tokens_per_minute: null },
    { levels: [1, 2], requests_per_minute: 5, tokens_per_minute: null },
  ]);
  quotas.take(0, 0, 1).settle(0, 1);
  assert.deepEqual([0, 1, 2, 3].map((level) => quotas.wait_ms(level, 1000, 1)), [59_000, 59_000, 0, 0]);
  const order: number[] = [];
  const first = await quotas.turn(0);
  const second = quotas.turn(1).then((end) => {
    order.push(1);
    end();
  });
  const third = quotas.turn(0).then((end) => {
    order.push(0);
    end();
  });
  (await quotas.turn(3))();
  assert.deepEqual(order, []);
  first();
  await Promise.all([second, third]);
  assert.deepEqual(order, [1, 0]);
});
