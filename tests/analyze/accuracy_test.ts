import assert from "node:assert/strict";
import type { Verdict } from "../../lib/core/mod.ts";
import { accuracyCells, judgedFiguresOf } from "../../lib/analyze/mod.ts";

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
    cells.map((cell) => [
      cell.concurrency,
      cell.correct,
      cell.incorrect,
      cell.no_ground_truth,
      cell.failed,
      cell.accuracy.value,
    ]),
    [[1, 1, 0, 0, 0, 1], [4, 1, 1, 1, 1, 0.5]],
  );
});

Deno.test("verdicts given without regard to the load hold for every load that has none of its own", () => {
  const cells = accuracyCells([verdict("correct", null), verdict("incorrect", 4)]);
  const at = (concurrency: number, payload_file = "a.jsonl") =>
    judgedFiguresOf(cells, { experiment_name: "exp", payload_file, concurrency }).accuracy?.value;
  assert.deepEqual([at(1), at(4), at(1, "b.jsonl")], [1, 0, undefined]);
});

Deno.test("no verdicts, and verdicts that judge nothing, give no accuracy", () => {
  const of = { experiment_name: "exp", payload_file: "a.jsonl", concurrency: 1 };
  assert.equal(judgedFiguresOf(accuracyCells([]), of).accuracy, null);
  assert.equal(judgedFiguresOf(accuracyCells([verdict("no_ground_truth", 1)]), of).accuracy, null);
});

Deno.test("answers without a verdict are a fraction of those that could have one; similarities have a mean", () => {
  const [cell] = accuracyCells([
    { ...verdict("correct", 1), similarity: 0.9 },
    { ...verdict("undecided", 1), similarity: 0.5 },
    { ...verdict("needs_review", 1), similarity: null },
    verdict("incorrect", 1),
    verdict("failed", 1),
    verdict("no_ground_truth", 1),
  ]);
  // 2 of 4 have no verdict; (0.9 + 0.5) / 2 = 0.7.
  assert.deepEqual([cell!.unjudged.value, cell!.unjudged.n], [0.5, 4]);
  assert.deepEqual([cell!.similarity.value, cell!.similarity.n], [0.7, 2]);
  assert.deepEqual([cell!.accuracy.value, cell!.accuracy.n], [0.5, 2]);
});
