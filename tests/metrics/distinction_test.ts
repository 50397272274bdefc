import assert from "node:assert/strict";
import {
  costInterval,
  difference,
  isShownFaster,
  isShownLessRight,
  isShownWorse,
} from "../../lib/metrics/mod.ts";
import { cell } from "./cells.ts";

const estimate = (value: number, low: number | null, high: number | null) => ({
  value,
  low,
  high,
  n: 100,
  flagged: false,
});

Deno.test("the interval of a difference is made of the ends that face each other", () => {
  // 10 - 5 = 5; below: sqrt((10 - 7)^2 + (9 - 5)^2) = 5; above: sqrt((22 - 10)^2 + (5 - 0)^2) = 13.
  const a = { value: 10, low: 7, high: 22 };
  assert.deepEqual(difference(a, { value: 5, low: 0, high: 9 }), { value: 5, low: 0, high: 18 });
});

Deno.test("an open end leaves open the end of the difference that it is part of", () => {
  const b = { value: 5, low: 0, high: null };
  assert.deepEqual(difference({ value: 10, low: 7, high: 22 }, b), { value: 5, low: null, high: 18 });
  assert.deepEqual(difference(b, { value: 5, low: 5, high: 5 }), { value: 0, low: -5, high: null });
});

Deno.test("the cost of an instance is as uncertain as the mean response time, that of tokens is not", () => {
  // 4 % below and 10 % above the mean of 500: 0.002 -4 % = 0.00192, +10 % = 0.0022.
  const closed = { ...cell({ cost: 0.002 }), response_mean_ms: estimate(500, 480, 550) };
  const { low, high } = costInterval(closed)!;
  assert.deepEqual([low?.toFixed(8), high?.toFixed(8)], ["0.00192000", "0.00220000"]);
  assert.deepEqual(costInterval({ ...closed, cost_basis: "token" }), { low: 0.002, high: 0.002 });
  assert.equal(costInterval(cell({ cost: null })), null);
  assert.deepEqual(costInterval({ ...closed, response_mean_ms: estimate(500, null, null) }), {
    low: null,
    high: null,
  });
});

Deno.test("in open loop the cost of an instance is as uncertain as the count of its successes", () => {
  // z sqrt(100) = 19.6: 0.1 x 100 / 119.6 = 0.083612 and 0.1 x 100 / 80.4 = 0.124378.
  const open = { ...cell({ cost: 0.1 }), concurrency: null, request_rate_rps: 2, ok: 100 };
  const { low, high } = costInterval(open)!;
  assert.deepEqual([low?.toFixed(6), high?.toFixed(6)], ["0.083612", "0.124378"]);
  // 3 are fewer than z sqrt(3) = 3.39, 4 are more than 3.92.
  assert.equal(costInterval({ ...open, ok: 3 })!.high, null);
  assert.notEqual(costInterval({ ...open, ok: 4 })!.high, null);
  assert.deepEqual(costInterval({ ...open, ok: 0 }), { low: null, high: null });
});

const priced = (cost: number, low: number, high: number) => ({
  ...cell({ cost, p95_ms: null }),
  cost_interval: { low, high },
});

Deno.test("dearer is shown when the interval of the difference lies above zero", () => {
  const best = priced(1, 0.97, 1.03);
  // 1.05 - 1 = 0.05 against sqrt(0.03^2 + 0.04^2) = 0.05; a hair more is shown.
  assert.equal(isShownWorse(priced(1.05, 1.01, 1.09), best), false);
  assert.equal(isShownWorse(priced(1.0501, 1.0101, 1.0901), best), true);
});

Deno.test("slower and less often right count as worse; what is not known shows nothing", () => {
  const base = priced(1, 0.9, 1.1);
  const fast = { ...base, latency_ms: estimate(100, 90, 110), accuracy: estimate(0.9, 0.85, 0.95) };
  const slow = { ...fast, latency_ms: estimate(200, 190, 210) };
  const wrong = { ...fast, accuracy: estimate(0.7, 0.65, 0.75) };
  assert.deepEqual([isShownWorse(slow, fast), isShownWorse(fast, slow)], [true, false]);
  assert.deepEqual([isShownFaster(fast, slow), isShownFaster(slow, fast)], [true, false]);
  assert.deepEqual([isShownWorse(wrong, fast), isShownLessRight(wrong, fast)], [true, true]);
  assert.equal(isShownWorse(base, fast), false);
  assert.equal(isShownWorse({ ...slow, latency_ms: estimate(200, null, null) }, fast), false);
});

Deno.test("loads of one experiment that is paid by the token cost the same", () => {
  const tokens = (experiment_name: string, cost: number) => ({
    ...cell({ experiment_name, cost, p95_ms: null }),
    cost_basis: "token" as const,
    cost_interval: { low: cost, high: cost },
  });
  assert.equal(isShownWorse(tokens("a", 1.01), tokens("a", 1)), false);
  assert.equal(isShownWorse(tokens("b", 1.01), tokens("a", 1)), true);
});
