/** The tests of hypotheses themselves, against tables. */

import assert from "node:assert/strict";
import {
  dispersion,
  dispersionBounds,
  gammaCdf,
  gapsOf,
  ksDistance,
  ksLimit,
  variation,
} from "./distribution.ts";

const near = (value: number, expected: number, by: number) =>
  assert.ok(Math.abs(value - expected) <= by, `${value}, expected ${expected}`);

Deno.test("the Kolmogorov-Smirnov distance is the greatest step between the two distributions", () => {
  // Against the uniform one: steps at 0.1, 0.4, 0.7 to 1/3, 2/3, 1. Above: 1/3 - 0.1, 2/3 - 0.4, 1 - 0.7 = 0.3; below: 0.1,
  // 0.4 - 1/3, 0.7 - 2/3.
  near(ksDistance([0.7, 0.1, 0.4], (x) => x), 0.3, 1e-12);
  // Four of ten at 0.01: 0.4 - 0.01 above there, 0.4 - 0.1 at 0.1, even steps after it.
  const low = [0.01, 0.01, 0.01, 0.01, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
  near(ksDistance(low, (x) => x), 0.39, 1e-12);
  near(ksDistance(low, (x) => x, 0.1), 0.3, 1e-12);
});

Deno.test("its limit at 0.001 is that of the tables: 1.949 / sqrt(n)", () => {
  near(ksLimit(100), 0.1949, 0.00005);
  near(ksLimit(10_000), 0.01949, 0.000005);
});

Deno.test("the index of dispersion is variance over mean of the counts in whole windows", () => {
  // Windows of 10 up to 40: 3, 1, 0, 4 arrivals, the last at 40.5 outside. Mean 2; squares 1 + 1 + 4 + 4 = 10 over 3.
  const { index, windows } = dispersion([0, 1, 2, 15, 31, 32, 33, 34, 40.5], 10);
  assert.equal(windows, 4);
  near(index, 10 / 3 / 2, 1e-12);
});

Deno.test("its bounds are those of chi-square within a hundredth from 30 windows on", () => {
  // Tables of chi-square at 0.0005 and 0.9995: 10.80 and 62.16 of 30 degrees of freedom, 59.90 and 153.17 of 100.
  const [low30, high30] = dispersionBounds(31);
  near(low30, 10.80 / 30, 0.01);
  near(high30, 62.16 / 30, 0.01);
  const [low100, high100] = dispersionBounds(101);
  near(low100, 59.90 / 100, 0.01);
  near(high100, 153.17 / 100, 0.01);
});

Deno.test("the gamma distribution is the exponential one for shape 1 and chi-square for half the degrees of freedom", () => {
  near(gammaCdf(1, 2), 1 - Math.exp(-2), 1e-7);
  // chi-square of 10 degrees of freedom is 18.307 at 0.95, of 1 degree 3.841.
  near(gammaCdf(5, 18.307 / 2), 0.95, 1e-5);
  near(gammaCdf(0.5, 3.8415 / 2), 0.95, 1e-5);
  assert.equal(gammaCdf(2, 0), 0);
});

Deno.test("gaps and their variation", () => {
  assert.deepEqual(gapsOf([1, 3, 9]), [2, 6]);
  // Mean 4, deviations 2 and 2: 2 / 4.
  assert.equal(variation([2, 6]), 0.5);
});
