import assert from "node:assert/strict";
import { paretoFront } from "../../lib/metrics/mod.ts";
import { cell } from "./cells.ts";

const front = (...cells: Parameters<typeof cell>[0][]) =>
  paretoFront(cells.map((figures) => cell(figures))).map(({ experiment_name }) => experiment_name);

Deno.test("the front holds what no other cell beats in cost, latency and accuracy at once", () => {
  assert.deepEqual(
    front(
      { experiment_name: "cheap", cost: 1, p95_ms: 900, accuracy: 0.6 },
      { experiment_name: "fast", cost: 3, p95_ms: 300, accuracy: 0.6 },
      { experiment_name: "right", cost: 3, p95_ms: 900, accuracy: 0.9 },
      { experiment_name: "dearer than cheap", cost: 2, p95_ms: 900, accuracy: 0.6 },
      { experiment_name: "worse than fast in all", cost: 4, p95_ms: 400, accuracy: 0.5 },
    ),
    ["cheap", "fast", "right"],
  );
});

Deno.test("cells that are equal in all do not push each other out", () => {
  assert.deepEqual(front({ experiment_name: "a" }, { experiment_name: "b" }), ["a", "b"]);
});

Deno.test("two cells are compared by the figures that are known of both", () => {
  // Nothing is known of the answers of one: cost and latency decide.
  assert.deepEqual(
    front(
      { experiment_name: "judged", cost: 2, p95_ms: 800, accuracy: 0.9 },
      { experiment_name: "not judged", cost: 1, p95_ms: 700 },
    ),
    ["not judged"],
  );
  // Without prices latency and accuracy are left.
  assert.deepEqual(
    front(
      { experiment_name: "fast", cost: null, p95_ms: 300, accuracy: 0.6 },
      { experiment_name: "right", cost: null, p95_ms: 900, accuracy: 0.9 },
      { experiment_name: "neither", cost: null, p95_ms: 900, accuracy: 0.6 },
    ),
    ["fast", "right"],
  );
});

Deno.test("what fails too often or has no latency is not on the front", () => {
  assert.deepEqual(
    front(
      { experiment_name: "refuses", cost: 0.1, p95_ms: 10, criteria: { error_rate: "fail" } },
      { experiment_name: "hidden", cost: 0.1, p95_ms: null },
      { experiment_name: "slow, but answers", cost: 1, p95_ms: 5000, criteria: { latency: "fail" } },
    ),
    ["slow, but answers"],
  );
});
