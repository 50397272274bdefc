/** A small version of `tests/bench/coverage.ts` and `tests/bench/same_run.ts`, which print the tables. */

import assert from "node:assert/strict";
import { coverage } from "./coverage.ts";
import { falseAlarms, powerAtAdvertisedSize } from "./same_run.ts";

const within = (share: number | null, low: number, high: number) =>
  assert.ok(share !== null && share >= low && share <= high, `${share}`);

Deno.test("intervals of 1,000 autocorrelated latencies hold the truth, those for independent ones do not", () => {
  const { ours, naive } = coverage(1, 1000, 0.3, 300);
  within(ours.p50, 0.93, 0.98);
  within(ours.p95, 0.91, 0.98);
  within(ours.mean, 0.92, 0.98);
  within(naive.p50, 0.84, 0.92);
  within(naive.mean, 0.8, 0.9);
});

Deno.test("intervals of 1,000 independent latencies hold it as well", () => {
  const { ours } = coverage(1, 1000, 0, 300);
  within(ours.p50, 0.93, 0.98);
  within(ours.p95, 0.91, 0.98);
});

Deno.test("of 200 comparisons of a run with its like few call them different", () => {
  for (const statistic of ["p50", "p95", "mean"] as const) {
    // 5 % and what chance adds in 999 of 1,000 such counts: 20.
    const found = falseAlarms(1, { statistic, n: 300, autocorrelation: 0.3, cells: 1 }, 200);
    assert.ok(found <= 20, `${statistic}: ${found}`);
  }
});

Deno.test("at the advertised size most runs that are 20 % slower are found", () => {
  const setting = { statistic: "p50", n: 300, autocorrelation: 0.3, cells: 2 } as const;
  const { found, n } = powerAtAdvertisedSize(1, setting, 0.2, 200);
  within(found, 0.75, 0.95);
  // ln 1.2 is 3.7 times ln 1.05: of the 4,600 / 2 cells that 5 % takes a fourteenth.
  assert.ok(n > 120 && n < 260, `${n}`);
});
