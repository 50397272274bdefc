import assert from "node:assert/strict";
import { recommend } from "../../lib/metrics/mod.ts";
import { cell } from "./cells.ts";

const names = (cells: readonly { experiment_name: string }[]) => cells.map((one) => one.experiment_name);

Deno.test("the cheapest qualifying cell is best, not the busiest", () => {
  const cells = [
    cell({ experiment_name: "busy", cost: 0.1, concurrency: 64, tpm: 5000 }),
    cell({ experiment_name: "cheap", cost: 0.001 }),
    cell({ experiment_name: "cheaper but slow", cost: 0.0001, criteria: { latency: "fail" } }),
    cell({ experiment_name: "free but unknown", cost: null, criteria: { cost: "unknown" } }),
  ];
  const { best, qualifying, rejected } = recommend(cells, "payload.jsonl");
  assert.equal(best?.experiment_name, "cheap");
  assert.deepEqual(names(qualifying), ["cheap", "busy"]);
  assert.deepEqual(names(rejected), ["cheaper but slow", "free but unknown"]);
});

Deno.test("ties go to the lower latency, then to the higher throughput, then to the lower concurrency", () => {
  const cells = [
    cell({ experiment_name: "a", p95_ms: 900, tpm: 10, concurrency: 8 }),
    cell({ experiment_name: "a", p95_ms: 900, tpm: 10, concurrency: 4 }),
    cell({ experiment_name: "b", p95_ms: 900, tpm: 20 }),
    cell({ experiment_name: "c", p95_ms: 800, tpm: 5 }),
  ];
  const { qualifying } = recommend(cells, "payload.jsonl");
  assert.deepEqual(qualifying.map((one) => [one.experiment_name, one.concurrency]), [
    ["c", 1],
    ["b", 1],
    ["a", 4],
    ["a", 8],
  ]);
});

Deno.test("the cheapest of each instance type", () => {
  const cells = [
    cell({ experiment_name: "small 1", instance_type: "small", cost: 0.003 }),
    cell({ experiment_name: "small 2", instance_type: "small", cost: 0.002 }),
    cell({ experiment_name: "big", instance_type: "big", cost: 0.004 }),
  ];
  assert.deepEqual(names(recommend(cells, "payload.jsonl").best_per_instance_type), ["small 2", "big"]);
});

Deno.test("other payload files are another question", () => {
  const cells = [cell({ payload_file: "other.jsonl" })];
  assert.deepEqual(recommend(cells, "payload.jsonl"), {
    payload_file: "payload.jsonl",
    best: null,
    qualifying: [],
    indistinct: [],
    front: [],
    best_per_instance_type: [],
    rejected: [],
  });
});

Deno.test("nothing is recommended when nothing qualifies", () => {
  const { best, rejected } = recommend([cell({ criteria: { error_rate: "fail" } })], "payload.jsonl");
  assert.equal(best, null);
  assert.equal(rejected.length, 1);
});

const estimate = (value: number, low: number, high: number) => ({ value, low, high, n: 100, flagged: false });

Deno.test("without any price the fastest goes first, after whatever has a price", () => {
  const cells = [
    cell({ experiment_name: "busy", cost: null, tpm: 600, p95_ms: 900 }),
    cell({ experiment_name: "fast", cost: null, tpm: 60, p95_ms: 100 }),
  ];
  assert.deepEqual(names(recommend(cells, "payload.jsonl").qualifying), ["fast", "busy"]);
  const priced = cell({ experiment_name: "priced", cost: 1 });
  const mixed = recommend([...cells, priced], "payload.jsonl");
  assert.deepEqual(names(mixed.qualifying), ["priced", "fast", "busy"]);
  // Nobody knows whether what has no price is cheaper: it is not called equal either.
  assert.deepEqual(mixed.indistinct, []);
});

Deno.test("without any price what is shown to be less often right comes last, however fast", () => {
  const unpriced = (experiment_name: string, p95_ms: number, accuracy: ReturnType<typeof estimate>) => ({
    ...cell({ experiment_name, cost: null, p95_ms }),
    accuracy,
  });
  const cells = [
    unpriced("fast and wrong", 100, estimate(0.5, 0.45, 0.55)),
    unpriced("most accurate", 900, estimate(0.9, 0.86, 0.93)),
    unpriced("as good, as far as shown", 500, estimate(0.88, 0.84, 0.91)),
  ];
  assert.deepEqual(names(recommend(cells, "payload.jsonl").qualifying), [
    "as good, as far as shown",
    "most accurate",
    "fast and wrong",
  ]);
});

Deno.test("what is not shown to be dearer or slower than the best can't be told apart from it", () => {
  const uncertain = (experiment_name: string, cost: number, p95_ms: number) => ({
    ...cell({ experiment_name, cost }),
    cost_interval: { low: cost * 0.95, high: cost * 1.05 },
    latency_ms: estimate(p95_ms, p95_ms - 30, p95_ms + 30),
  });
  const { best, indistinct } = recommend([
    uncertain("best", 1, 500),
    // 0.06 against sqrt(0.053^2 + 0.05^2) = 0.073: not dearer; 20 ms against sqrt(30^2 + 30^2) = 42: not slower.
    uncertain("like it", 1.06, 520),
    // Not shown to be dearer, and faster: worth a look.
    uncertain("faster", 1.07, 300),
    // 0.08 against sqrt(0.054^2 + 0.05^2) = 0.0736: dearer.
    uncertain("dearer", 1.08, 500),
    // 60 ms are more than 42.
    uncertain("slower", 1.01, 560),
  ], "payload.jsonl");
  assert.equal(best?.experiment_name, "best");
  assert.deepEqual(names(indistinct), ["like it", "faster"]);
});

Deno.test("equal costs leave it to the latency", () => {
  const at = (experiment_name: string, p95_ms: number, half: number) => ({
    ...cell({ experiment_name, cost: 1 }),
    cost_interval: { low: 1, high: 1 },
    latency_ms: estimate(p95_ms, p95_ms - half, p95_ms + half),
  });
  const { best, indistinct } = recommend(
    [at("500 ms", 500, 3), at("505 ms", 505, 4), at("506 ms", 506, 4)],
    "payload.jsonl",
  );
  // sqrt(3^2 + 4^2) = 5: 5 ms are not more than that, 6 ms are.
  assert.equal(best?.experiment_name, "500 ms");
  assert.deepEqual(names(indistinct), ["505 ms"]);
});

Deno.test("the latency that decides is the one that the budget judges", () => {
  const median = (experiment_name: string, p50: number, p95_ms: number) => ({
    ...cell({ experiment_name, p95_ms }),
    latency_ms: estimate(p50, p50, p50),
  });
  const cells = [median("low tail", 400, 500), median("low median", 300, 900)];
  assert.equal(recommend(cells, "payload.jsonl").best?.experiment_name, "low median");
});

Deno.test("the front is that of all cells of the payload file, whether they qualify or not", () => {
  const cells = [
    cell({ experiment_name: "best", cost: 2, p95_ms: 500 }),
    cell({ experiment_name: "too slow", cost: 1, p95_ms: 5000, criteria: { latency: "fail" } }),
    cell({ experiment_name: "elsewhere", cost: 0.1, p95_ms: 1, payload_file: "other.jsonl" }),
  ];
  assert.deepEqual(names(recommend(cells, "payload.jsonl").front), ["best", "too slow"]);
});
