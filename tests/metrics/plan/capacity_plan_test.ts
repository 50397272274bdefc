import assert from "node:assert/strict";
import {
  type CellSummary,
  fleetAt,
  minutesPerMonth,
  type Prices,
  replicasFor,
} from "../../../lib/core/mod.ts";
import { capacityPlan, type PlanInput } from "../../../lib/metrics/mod.ts";
import { recommend } from "../../../lib/metrics/recommendation.ts";
import { plainCell } from "../plain_cell.ts";
import { equalTimes, exponentialTimes } from "./made_up.ts";

const prices: Prices = {
  meta: { region: null, currency: "USD", date: null, source: null },
  instance_based: { "m.small": 2, "m.large": 10 },
  token_based: {
    hosted: {
      input_per_1k: 0.01,
      output_per_1k: 0.1,
      cache_read_per_1k: null,
      cache_write_per_1k: null,
      reasoning_per_1k: null,
    },
  },
  provisioned_based: {},
};

const budgets: PlanInput["budgets"] = {
  latency_budget: 10,
  latency_statistic: "p95",
  cost_per_10k_txn_budget: null,
  error_rate_budget: 0.01,
  accuracy_budget: null,
  cosine_similarity_budget: null,
  accuracy_error_rate_budget: null,
};

interface Level {
  readonly cell: CellSummary;
  readonly times_ms: Float64Array;
}

/** A level at which requests took these times, with the throughput that Little's law gives it. */
function level(concurrency: number, times_ms: Float64Array, more: Partial<CellSummary> = {}): Level {
  const mean = times_ms.reduce((sum, time) => sum + time, 0) / times_ms.length;
  const cell = {
    ...plainCell,
    experiment_name: "small",
    instance_type: "m.small",
    payload_file: "a.jsonl",
    concurrency,
    transactions_per_minute: 60_000 * concurrency / mean,
    ...more,
  };
  return { cell, times_ms };
}

function plan(levels: readonly Level[], more: Partial<PlanInput> = {}) {
  const cells = levels.map(({ cell }) => cell);
  const files = [...new Set(cells.map(({ payload_file }) => payload_file))];
  return capacityPlan({
    cells,
    times: levels.map((
      { cell: { experiment_name, payload_file, concurrency, request_rate_rps }, times_ms },
    ) => ({
      experiment_name,
      payload_file,
      concurrency,
      request_rate_rps,
      times_ms,
    })),
    recommendations: files.map((file) => recommend(cells, file)),
    prices,
    budgets,
    dataset_of_interest: "a.jsonl",
    wish: null,
    seed: 42,
    ...more,
  })!;
}

const wish = (requests_per_minute: number | null, more: object = {}) => ({
  wish: { requests_per_minute, prompt_tokens: null, output_tokens: null, latency_seconds: null, ...more },
});

/** M/M/1 of 60 a minute: carries 42.03 a minute with p95 at most 10 s. */
const small = [level(1, exponentialTimes(1000, 2000))];

Deno.test("replicas, their month, one to spare, the cost of a request and what stays free", () => {
  const { options: [option], best, workload } = plan(small, wish(100));
  assert.ok(option && best === option);
  const capacity = option.capacity_per_minute.value!;
  assert.ok(Math.abs(capacity / 42.03 - 1) < 0.03, String(capacity));
  // 100 / 42 = 2.4: 3. 3 x 2 an hour x 730 hours = 4,380; 4 are 5,840.
  assert.equal(option.replicas.value, 3);
  assert.equal(option.cost_per_month, 4380);
  assert.equal(option.cost_per_month_with_spare, 5840);
  // 100 a minute x 60 x 730 = 4,380,000 requests: 0.001 each.
  assert.ok(Math.abs(option.cost_per_transaction! - 0.001) < 1e-15);
  // 100 of 3 x 42: 21 % stay free.
  assert.ok(Math.abs(option.headroom! - (1 - 100 / (3 * capacity))) < 1e-12);
  // Each has 33.3 a minute of 60: p95 = ln 20 / (60 - 33.3) min = 6.74 s.
  assert.ok(Math.abs(option.predicted_latency_ms! / 6740 - 1) < 0.05, String(option.predicted_latency_ms));
  assert.deepEqual(workload, {
    ...{ requests_per_minute: 100, prompt_tokens: null, output_tokens: null, from: "config" },
    ...{ latency_seconds: 10, latency_statistic: "p95" },
  });
});

Deno.test("a replica of several instances costs as many", () => {
  const two = small.map(({ cell, times_ms }) => ({ cell: { ...cell, instance_count: 2 }, times_ms }));
  assert.equal(plan(two, wish(100)).best!.cost_per_month, 8760);
});

Deno.test("the number of replicas: rounded up, one at least, and no further one by a rounding error", () => {
  assert.deepEqual([replicasFor(1, 42), replicasFor(42, 42), replicasFor(42.001, 42)], [1, 1, 2]);
  // 0.3 / 0.1 is 2.9999999999999996, 0.6 / 0.2 too; 1.1 / 0.1 is 11.000000000000002.
  assert.deepEqual([replicasFor(0.3, 0.1), replicasFor(1.1, 0.1)], [3, 11]);
  assert.equal(minutesPerMonth, 43_800);
});

Deno.test("the table goes from 1 to 1,000,000 requests a minute, and the cheapest changes on the way", () => {
  // The large one: 20 in flight without slowing down, 1 s each (always the same), 20 a second, 95 % of them 1,140 a minute.
  const large = [1, 20].map((concurrency) =>
    level(concurrency, equalTimes(1000), { experiment_name: "large", instance_type: "m.large" })
  );
  const { scale, options } = plan([...small, ...large], wish(100));
  assert.deepEqual(scale.map((step) => step.requests_per_minute), [1, 10, 100, 1e3, 1e4, 1e5, 1e6]);
  assert.deepEqual(scale.map(({ cheapest }) => cheapest), [
    ...["small", "small", "small"],
    ...["large", "large", "large", "large"],
  ]);
  // 1,000,000 / 1,140 = 877.2: 878 x 10 x 730.
  const last = scale.at(-1)!.fleets.find(({ experiment_name }) => experiment_name === "large")!;
  assert.deepEqual(last, { experiment_name: "large", replicas: 878, cost_per_month: 6_409_400 });
  assert.deepEqual(options.map(({ experiment_name }) => experiment_name), ["small", "large"]);
  assert.match(
    options[1]!.reason!,
    /planned at 95 % of what a replica gets through; throughput still rose at 20 in flight/,
  );
});

Deno.test("an API paid by the token: no replicas, cost by tokens, and nobody knows its rate limits", () => {
  const api = [1, 4].map((concurrency) =>
    level(concurrency, equalTimes(1000), {
      experiment_name: "api",
      instance_type: "hosted",
      cost_per_transaction: 0.002,
      prompt_tokens_mean: 100,
      completion_tokens_mean: 10,
    })
  );
  const option = plan(api, wish(100)).best!;
  assert.equal(option.replicas.value, null);
  // 100 a minute x 43,800 minutes x 0.002.
  assert.equal(Math.round(option.cost_per_month!), 8760);
  assert.equal(option.predicted_latency_ms, 1000);
  // 4 in flight, 1 s each: 240 a minute were measured.
  assert.match(option.reason!, /rate limits are not known; measured within L: up to 240 requests a minute/);
  // Beyond what was measured nobody knows how fast it is.
  assert.equal(plan(api, wish(1000)).best!.predicted_latency_ms, null);
  // 300 prompt tokens at 0.01 and 20 of an answer at 0.1 per 1,000: 0.003 + 0.002.
  const asked = plan(api, wish(100, { prompt_tokens: 300, output_tokens: 20 }));
  assert.ok(Math.abs(asked.best!.cost_per_transaction! - 0.005) < 1e-15);
  assert.deepEqual(fleetAt(option, 10), { replicas: null, cost_per_month: 10 * 43_800 * 0.002 });
});

Deno.test("without a price there are replicas, and the cost is not known", () => {
  const own = level(1, exponentialTimes(1000, 500), { instance_type: "mine", experiment_name: "own" });
  const { best, scale } = plan([own], wish(100));
  assert.equal(best!.replicas.value, 3);
  assert.equal(best!.cost_per_month, null);
  assert.match(best!.reason!, /no price given/);
  assert.deepEqual(scale.map(({ cheapest }) => cheapest), scale.map(() => null));
});

Deno.test("an option that misses L even alone, or whose answers miss their budget, comes last and says why", () => {
  const slow = level(1, equalTimes(20_000), { experiment_name: "a-slow", instance_type: "m.large" });
  const wrong = level(1, equalTimes(100), {
    experiment_name: "wrong",
    criteria: { ...plainCell.criteria, accuracy: "fail" },
  });
  const { options, best } = plan([slow, wrong, ...small], wish(100));
  assert.deepEqual(options.map(({ experiment_name, serves }) => [experiment_name, serves]), [
    ["small", true],
    ["wrong", false],
    ["a-slow", false],
  ]);
  assert.equal(best!.experiment_name, "small");
  assert.match(options[2]!.reason!, /^even at the lowest measured load the p95 is 20 s, L 10 s$/);
  assert.match(options[1]!.reason!, /^the accuracy misses its budget;/);
  const none = plan([slow], wish(100));
  assert.equal(none.best, null);
  assert.deepEqual(none.scale[0]!.fleets, [{
    experiment_name: "a-slow",
    replicas: null,
    cost_per_month: null,
  }]);
});

Deno.test("levels from the first on that fails too often are left out", () => {
  const failing = (value: number) => ({ ...plainCell.error_rate, value });
  const levels = [1, 4, 16].map((concurrency) =>
    level(concurrency, equalTimes(1000), { error_rate: failing(concurrency === 4 ? 0.2 : 0) })
  );
  const { best } = plan(levels, wish(10));
  // One in flight is left: 60 a minute when never idle, 57 at most.
  assert.ok(best!.capacity_per_minute.value! <= 57);
  assert.match(best!.reason!, /^2 of 3 load levels left out: more requests failed than the budget allows/);
});

Deno.test("open levels alone: the rates that were sent, without a simulation", () => {
  const open = [1, 2, 3].map((rate) =>
    level(1, equalTimes(rate === 3 ? 20_000 : 1000), {
      concurrency: null,
      request_rate_rps: rate,
      transactions_per_minute: rate * 60,
    })
  );
  const { best } = plan(open, wish(300));
  // All at 2/s within L, none at 3/s: the share falls from 1 to 0 between, through 0.95 at 2.05/s = 123 a minute.
  assert.ok(Math.abs(best!.capacity_per_minute.value! - 123) < 1e-9);
  assert.equal(best!.replicas.value, 3);
  assert.equal(best!.predicted_latency_ms, 1000);
  assert.match(best!.reason!, /from the arrival rates that were sent, without a simulation/);
});

Deno.test("what is not asked for is what was measured", () => {
  const { workload, measured } = plan(small);
  // The recommended option got 60 a minute through, of 100 prompt and 10 completion tokens.
  assert.equal(Math.round(workload.requests_per_minute), 60);
  assert.equal(workload.from, "measured");
  assert.deepEqual(measured, { prompt_tokens: 100, output_tokens: 10 });
});

Deno.test("the payload file nearest in tokens speaks for the workload, and a difference is said", () => {
  const files = ([["a.jsonl", 100], ["b.jsonl", 1000], ["c.jsonl", 4000]] as const).map((
    [payload_file, tokens],
  ) => level(1, equalTimes(1000), { payload_file, prompt_tokens_mean: tokens }));
  // 1900: 1.9 times 1000, and 4000 is 2.1 times 1900.
  const near = plan(files, wish(10, { prompt_tokens: 1900 }));
  assert.equal(near.payload_file, "b.jsonl");
  assert.match(
    near.notes[0]!,
    /prompts of 1,900 tokens are asked for, those measured have 1,000 on average; longer/,
  );
  assert.match(near.notes[0]!, /Times are as measured, not scaled/);
  assert.match(near.best!.reason!, /not measured at the lengths asked for, and not scaled to them/);
  // Within a tenth nothing is said.
  assert.deepEqual(plan(files, wish(10, { prompt_tokens: 1050 })).notes, []);
  assert.equal(plan(files, wish(10)).payload_file, "a.jsonl");
  assert.equal(plan(files, wish(10, { payload_file: "c.jsonl" })).payload_file, "c.jsonl");
  assert.throws(() => plan(files, wish(10, { payload_file: "d.jsonl" })), RangeError);
});

Deno.test("a statistic other than p95 judges L", () => {
  // M/M/1, mean at most 4 s: 60 - 15 = 45 a minute.
  const { best } = plan(small, {
    ...wish(100, { latency_seconds: 4 }),
    budgets: { ...budgets, latency_statistic: "mean" },
  });
  assert.ok(Math.abs(best!.capacity_per_minute.value! / 45 - 1) < 0.03);
  assert.equal(best!.replicas.value, 3);
});

Deno.test("nothing measured, nothing planned; the same input gives the same plan", () => {
  assert.equal(plan([]), null);
  assert.deepEqual(plan(small, wish(100)), plan(small, wish(100)));
});
