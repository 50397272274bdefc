import assert from "node:assert/strict";
import { normalCdf, normalQuantile, t975, twoSided, z975 } from "../../lib/metrics/mod.ts";

const close = (a: number, b: number, within: number) => assert.ok(Math.abs(a - b) <= within, `${a} ${b}`);

Deno.test("probabilities of the normal distribution are those of the tables", () => {
  close(normalCdf(0), 0.5, 1e-15);
  close(normalCdf(1), 0.8413447460685429, 1e-14);
  close(normalCdf(z975), 0.975, 1e-14);
  close(normalCdf(-3), 0.0013498980316301, 1e-14);
  close(normalCdf(-6) / 9.865876450377e-10, 1, 1e-10);
  assert.equal(normalCdf(-Infinity), 0);
  assert.equal(normalCdf(Infinity), 1);
  close(twoSided(-z975), 0.05, 1e-14);
});

Deno.test("quantiles turn them round", () => {
  close(normalQuantile(0.8), 0.8416212335729143, 1e-12);
  close(normalQuantile(0.025), -z975, 1e-12);
});

Deno.test("Student's t is that of the tables", () => {
  for (
    const [degrees, table, within] of [
      [1, 12.7062, 1e-4],
      [2, 4.30265, 1e-4],
      [3, 3.18245, 0.03],
      [
        5,
        2.57058,
        0.002,
      ],
      [9, 2.26216, 2e-4],
      [29, 2.04523, 1e-5],
      [1e9, z975, 1e-8],
    ] as const
  ) {
    close(t975(degrees), table, within);
  }
});
