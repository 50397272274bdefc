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

Deno.test("ties go to the lower p95, then to the higher throughput, then to the lower concurrency", () => {
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
    best_per_instance_type: [],
    rejected: [],
  });
});

Deno.test("nothing is recommended when nothing qualifies", () => {
  const { best, rejected } = recommend([cell({ criteria: { error_rate: "fail" } })], "payload.jsonl");
  assert.equal(best, null);
  assert.equal(rejected.length, 1);
});

Deno.test("without prices the higher throughput goes first, after whatever has a price", () => {
  const cells = [
    cell({ experiment_name: "slow", cost: null, tpm: 60, p95_ms: 100 }),
    cell({ experiment_name: "busy", cost: null, tpm: 600, p95_ms: 900 }),
    cell({ experiment_name: "priced", cost: 1 }),
  ];
  assert.deepEqual(names(recommend(cells, "payload.jsonl").qualifying), ["priced", "busy", "slow"]);
});
