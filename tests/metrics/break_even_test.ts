import assert from "node:assert/strict";
import type { CellSummary, Recommendation } from "../../lib/core/mod.ts";
import { breakEvenPoint, breakEvens } from "../../lib/metrics/mod.ts";
import { plainCell } from "./plain_cell.ts";

const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) <= 1e-9 * Math.abs(expected), `${actual} is not ${expected}`);

function from(hourly: number, capacity_per_minute: number, price: number) {
  const point = breakEvenPoint({ hourly, capacity_per_minute }, price);
  assert.ok(point.when === "from", point.when);
  return point;
}

Deno.test("an instance is cheaper once its hour costs less than the API's requests of an hour", () => {
  // 6 an hour; at 0.002 each that is 3,000 requests an hour, 50 a minute: half of the 100 that it carries.
  const point = from(6, 100, 0.002);
  near(point.first_per_minute, 50);
  near(point.first_utilisation, 0.5);
  // The second begins at 100 a minute, where two are worth 2 x 50: cheaper for good from the first on.
  assert.equal(point.for_good_replicas, 1);
  near(point.for_good_per_minute, 50);
});

Deno.test("a further instance starts nearly unused: up to some traffic the API is cheaper again", () => {
  // 6 an hour at 0.00125 each: 80 a minute, of 100. Two are worth 160, three 240, four 320 a minute; each is added at
  // 100, 200, 300. Five are worth 400, where the fifth is added: from 320 on instances are cheaper for good.
  const point = from(6, 100, 0.00125);
  near(point.first_per_minute, 80);
  assert.equal(point.for_good_replicas, 4);
  near(point.for_good_per_minute, 320);
});

Deno.test("an instance that costs as much for each request even when it is full is never cheaper", () => {
  // 6 / (60 x 100) = 0.001 a request.
  assert.deepEqual(breakEvenPoint({ hourly: 6, capacity_per_minute: 100 }, 0.001), { when: "never" });
  assert.deepEqual(breakEvenPoint({ hourly: 6, capacity_per_minute: 100 }, 0.0005), { when: "never" });
  assert.deepEqual(breakEvenPoint({ hourly: 0, capacity_per_minute: 100 }, 0), { when: "never" });
});

Deno.test("an instance that costs nothing is always cheaper than what costs something", () => {
  assert.deepEqual(breakEvenPoint({ hourly: 0, capacity_per_minute: 100 }, 0.0005), { when: "always" });
});

Deno.test("the points agree with adding up instances at every traffic", () => {
  for (const price of [0.0011, 0.00125, 0.0015, 0.002, 0.0033, 0.01]) {
    const { first_per_minute, for_good_per_minute } = from(6, 100, price);
    const cheaper = (rate: number) => Math.ceil(rate / 100) * 6 < rate * 60 * price;
    let [first, dear] = [Infinity, 0];
    for (let rate = 0.05; rate < 3000; rate += 0.1) {
      if (cheaper(rate)) first = Math.min(first, rate);
      else dear = rate;
    }
    assert.ok(Math.abs(first - first_per_minute) <= 0.1, `${price}: ${first}, ${first_per_minute}`);
    assert.ok(Math.abs(dear - for_good_per_minute) <= 0.1, `${price}: ${dear}, ${for_good_per_minute}`);
  }
});

const cell = (changes: Partial<CellSummary>): CellSummary => ({ ...plainCell, ...changes });
const box = cell({
  experiment_name: "box",
  cost_basis: "instance",
  cost_per_transaction: 0.001,
  cost_interval: { low: 0.0009, high: 0.0012 },
  transactions_per_minute: 100,
});
const api = cell({ experiment_name: "api", cost_basis: "token", cost_per_transaction: 0.002 });

function recommendation(qualifying: readonly CellSummary[], payload_file = "a.jsonl"): Recommendation {
  return {
    payload_file,
    best: qualifying[0] ?? null,
    qualifying,
    indistinct: [],
    front: [],
    best_per_instance_type: [],
    rejected: [box, api],
  };
}

Deno.test("every option by the hour is held against every one by the token, each at its cheapest load, by payload file", () => {
  const idle = { ...box, concurrency: 8, cost_per_transaction: 0.004, transactions_per_minute: 25 };
  const other = { ...api, experiment_name: "other", cost_per_transaction: 0.0005 };
  const free = cell({ experiment_name: "free" });
  const rows = breakEvens([
    recommendation([idle, free, box, api, other]),
    recommendation([box], "b.jsonl"),
    recommendation([api], "c.jsonl"),
    recommendation([], "d.jsonl"),
  ]);
  assert.deepEqual(
    rows.map(({ payload_file, instance, api, point }) => [
      payload_file,
      instance.cost_per_transaction,
      api.experiment_name,
      point.when,
    ]),
    [["a.jsonl", 0.001, "other", "never"], ["a.jsonl", 0.001, "api", "from"]],
  );
  // 0.001 x 100 a minute are 6 an hour: the numbers of the first test.
  const [, { point }] = rows as [unknown, typeof rows[number]];
  assert.ok(point.when === "from");
  near(point.first_per_minute, 50);
});

Deno.test("what the interval of the throughput leaves open is told", () => {
  const sure = (price: number, cost_interval: CellSummary["cost_interval"] = box.cost_interval) =>
    breakEvens([recommendation([{ ...box, cost_interval }, { ...api, cost_per_transaction: price }])])[0]!
      .sure;
  // From 0.0009 to 0.0012 a request: cheaper than 0.002 and dearer than 0.0008 for sure.
  assert.deepEqual([0.002, 0.0011, 0.00095, 0.0008].map((price) => sure(price)), [true, false, false, true]);
  assert.equal(sure(0.002, null), false);
  assert.equal(sure(0.002, { low: 0.0009, high: null }), false);
});
