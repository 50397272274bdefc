import assert from "node:assert/strict";
import type { Verdict } from "../../lib/core/mod.ts";
import { accuracyCells, accuracyOf } from "../../lib/analyze/mod.ts";

const verdict = (
  outcome: Verdict["verdict"],
  concurrency: number | null,
  payload_file = "a.jsonl",
): Verdict => ({
  request_id: "r",
  experiment_name: "exp",
  payload_file,
  payload_id: "p",
  concurrency,
  method: "contains",
  verdict: outcome,
});

Deno.test("verdicts are counted by cell", () => {
  const cells = accuracyCells([
    verdict("correct", 4),
    verdict("incorrect", 4),
    verdict("no_ground_truth", 4),
    verdict("failed", 4),
    verdict("correct", 1),
  ]);
  assert.deepEqual(
    cells.map((
      cell,
    ) => [cell.concurrency, cell.correct, cell.incorrect, cell.not_judged, cell.accuracy.value]),
    [[1, 1, 0, 0, 1], [4, 1, 1, 2, 0.5]],
  );
});

Deno.test("verdicts given without regard to the load hold for every load that has none of its own", () => {
  const cells = accuracyCells([verdict("correct", null), verdict("incorrect", 4)]);
  const at = (concurrency: number, payload_file = "a.jsonl") =>
    accuracyOf(cells, { experiment_name: "exp", payload_file, concurrency })?.value;
  assert.deepEqual([at(1), at(4), at(1, "b.jsonl")], [1, 0, undefined]);
});

Deno.test("no verdicts, and verdicts that judge nothing, give no accuracy", () => {
  const of = { experiment_name: "exp", payload_file: "a.jsonl", concurrency: 1 };
  assert.equal(accuracyOf(accuracyCells([]), of), null);
  assert.equal(accuracyOf(accuracyCells([verdict("no_ground_truth", 1)]), of), null);
});
