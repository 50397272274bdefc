import assert from "node:assert/strict";
import { comparedFigures, type ComparedName, type Estimate } from "../../lib/core/mod.ts";
import { compareCells, compareEachCell, type MatchedCell } from "../../lib/metrics/mod.ts";

const estimate = (value: number, low: number | null, high: number | null): Estimate => ({
  value,
  low,
  high,
  n: 100,
  flagged: false,
});

type Figures = Partial<Record<ComparedName, Estimate>>;

function cell(baseline: Figures, candidate: Figures, payload_file = "p"): MatchedCell {
  const unknown = Object.fromEntries(comparedFigures.map(({ name }) => [name, null]));
  const all = (figures: Figures) => ({ ...unknown, ...figures }) as MatchedCell["baseline"];
  return { payload_file, baseline: all(baseline), candidate: all(candidate) };
}

const compared = (cells: readonly MatchedCell[], name: ComparedName, min_effect = 0) =>
  compareCells(cells, "response_p95_ms", min_effect).find((figure) => figure.name === name)!;
const rounded = (value: number | null) => value === null ? null : Number(value.toFixed(4));

Deno.test("the direction of each figure decides between better and worse", () => {
  const [small, large] = [estimate(1, 0.99, 1.01), estimate(2, 1.98, 2.02)];
  for (const { name, lower_is_better } of comparedFigures) {
    const { verdict } = compared([cell({ [name]: small }, { [name]: large })], name);
    assert.equal(verdict, lower_is_better ? "worse" : "better", name);
  }
});

Deno.test("the primary figure keeps its p-value, the others are corrected over all that are tested", () => {
  // 1.96 x 0.25 / hypot(0.15, 0.15) = 2.310 standard errors: p = 0.0209.
  const from = estimate(0.5, 0.35, 0.65);
  const to = estimate(0.75, 0.6, 0.9);
  const both = cell({ error_rate: from, similarity: from }, { error_rate: to, similarity: to });
  const { change, corrected_p, verdict } = compared([both], "error_rate");
  assert.deepEqual([change.p_value, corrected_p].map(rounded), [0.0209, 0.0418]);
  assert.equal(verdict, "worse");
  const three = { error_rate: from, similarity: from, accuracy: from };
  const more = cell(three, { error_rate: to, similarity: to, accuracy: to });
  assert.equal(compared([more], "error_rate").verdict, "no difference shown");
  const [primary] = compareCells([more], "error_rate", 0).filter((figure) => figure.primary);
  assert.deepEqual([rounded(primary!.corrected_p), primary!.verdict], [0.0209, "worse"]);
});

Deno.test("single cells are corrected over all figures of all of them", () => {
  const one = cell({ error_rate: estimate(0.5, 0.35, 0.65) }, { error_rate: estimate(0.75, 0.6, 0.9) });
  const verdicts = (cells: readonly MatchedCell[]) =>
    compareEachCell(cells, 0).map((figures) => figures.find(({ name }) => name === "error_rate")!.verdict);
  assert.deepEqual(verdicts([one, one]), ["worse", "worse"]);
  assert.deepEqual(verdicts([one, one, one]), Array(3).fill("no difference shown"));
});

Deno.test("loads share their noise out, the same answers at several loads do not", () => {
  const from = estimate(0.5, 0.4, 0.6);
  const to = estimate(0.6, 0.5, 0.7);
  const cells = [1, 2, 3, 4].map(() =>
    cell({ error_rate: from, accuracy: from }, { error_rate: to, accuracy: to })
  );
  // hypot(0.1, 0.1) = 0.1414; over four independent cells half of it.
  assert.deepEqual([compared(cells, "error_rate").change.low].map(rounded), [0.0293]);
  assert.deepEqual([compared(cells, "accuracy").change.low].map(rounded), [-0.0414]);
  const files = [1, 2, 3, 4].map((file) => ({ ...cells[0]!, payload_file: `${file}` }));
  assert.deepEqual([compared(files, "accuracy").change.low].map(rounded), [0.0293]);
});

Deno.test("cells in which one side does not know a figure are left out", () => {
  const known = cell({ ttft_p50_ms: estimate(100, 99, 101) }, { ttft_p50_ms: estimate(110, 109, 111) });
  const unknown = cell({ ttft_p50_ms: estimate(900, 899, 901) }, {});
  const { baseline, candidate, n, change } = compared([known, unknown], "ttft_p50_ms");
  assert.deepEqual([rounded(baseline), rounded(candidate), n, rounded(change.value)], [100, 110, 100, 0.1]);
  assert.equal(compared([unknown], "ttft_p50_ms").verdict, "not enough data");
});

Deno.test("a change is little by its size relative to the baseline; from nothing it never is", () => {
  const errors = (from: number) =>
    compared(
      [cell({ error_rate: estimate(from, from, from) }, {
        error_rate: estimate(from + 0.01, from + 0.01, 1),
      })],
      "error_rate",
      0.05,
    );
  assert.equal(errors(0.5).negligible, true);
  assert.equal(errors(0.1).negligible, false);
  assert.equal(errors(0).negligible, false);
});
