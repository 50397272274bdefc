import assert from "node:assert/strict";
import { addLags, lagError, lagFigures, lagsIn } from "../../lib/fleet/lag_histogram.ts";

const row = (send_lag_ms: number | null, completion = "") =>
  JSON.stringify({ send_lag_ms, completion }) + "\n";

Deno.test("lags of journal lines are counted, of rows that were due; a text that looks like one is none", () => {
  const lines = '{"schema":"fmbench.journal/1"}\n' + row(0.5) + row(null) + row(2, '"send_lag_ms":99') +
    row(0.001);
  assert.deepEqual(lagFigures(lagsIn(lines)).n, 3);
  const { max_ms } = lagFigures(lagsIn(lines));
  assert.ok(Math.abs(max_ms! - 2) <= 2 * lagError * 1.0001, String(max_ms));
});

Deno.test("percentiles of added counts are those of all samples together, to within the stated error", () => {
  // 1 to 1,000 hundredths of a millisecond, of two workers: the p50 is 5.00, the p99 9.90, the most 10.00.
  const half = (odd: number) =>
    lagsIn(Array.from({ length: 500 }, (_, i) => row((2 * i + odd + 1) / 100)).join(""));
  const { n, p50_ms, p99_ms, max_ms } = lagFigures(addLags([half(0), half(1)]));
  assert.equal(n, 1000);
  for (const [found, truth] of [[p50_ms, 5], [p99_ms, 9.9], [max_ms, 10]] as const) {
    assert.ok(Math.abs(found! - truth) <= truth * lagError * 1.0001, `${found} for ${truth}`);
  }
});

Deno.test("too few samples have no percentile, and none has no figure", () => {
  const few = lagFigures(lagsIn(row(1)));
  assert.deepEqual([few.n, few.p50_ms, few.p99_ms], [1, null, null]);
  assert.deepEqual(lagFigures({}), { n: 0, p50_ms: null, p99_ms: null, max_ms: null });
});
