import assert from "node:assert/strict";
import type { PairedVariance } from "../../lib/metrics/paired_mean.ts";
import { pairsNeeded } from "../../lib/metrics/pairs_needed.ts";
import { ttftModel } from "./simulated_study.ts";
import { promisedStudies, stoppedStudies } from "./study_stopping.ts";

const variance = (within: number, between = 0): PairedVariance => ({
  clustered_by: "prompt",
  between,
  within,
  degrees: 100,
});

Deno.test("the pairs that are missing follow from the spread", () => {
  // ln 1.1 = 0.09531, t(100) = 1.98397, (1.2 + 3/10) x 100 x 0.01 / (0.09531 / 1.98397)^2 = 649.96.
  assert.equal(pairsNeeded(100, variance(0.01), 0.1), 550);
  // 0.0023079 - 0.001 is left for the pairs: 1.5 / 0.0013079 = 1146.9.
  assert.equal(pairsNeeded(100, variance(0.01, 0.001), 0.1), 1047);
});

Deno.test("what more pairs of these prompts can't give is not promised", () => {
  assert.equal(pairsNeeded(100, variance(0.01, 0.0024), 0.1), null);
  assert.equal(pairsNeeded(100, variance(0, 0.01), 0.1), null);
});

Deno.test("none are missing where the interval is narrow enough, but 100 are made", () => {
  // 1.98397 x sqrt(0.002) = 0.0887 < 0.0953.
  assert.equal(pairsNeeded(100, variance(0.002), 0.1), 0);
  assert.equal(pairsNeeded(60, variance(0.002), 0.1), 40);
  assert.equal(pairsNeeded(9, variance(0.002), 0.1), null);
});

Deno.test("of 100 studies that stop when they know enough the intervals hold the truth", () => {
  const model = { ...ttftModel, calls: 40 };
  const found = stoppedStudies(1, model, { precision: 0.05, perRound: 50, studies: 100 });
  assert.equal(found.stopped, 100);
  assert.ok(found.covered >= 88, `${found.covered}`);
  assert.ok(found.pairs! > 400 && found.pairs! < 800, `${found.pairs}`);
});

Deno.test("most of 100 studies have enough with the pairs that they asked for", () => {
  const model = { ...ttftModel, calls: 60 };
  const found = promisedStudies(1, model, { precision: 0.05, pilot: 250, studies: 100 });
  assert.ok(found.said >= 80, `${found.said}`);
  assert.ok(found.kept >= 0.8 * found.said, `${found.kept} of ${found.said}`);
});
