import assert from "node:assert/strict";
import { clusteredShare, wilson } from "../../lib/metrics/mod.ts";

const close = (a: number | null, b: number) => assert.ok(Math.abs(a! - b) < 1e-4, `${a} ${b}`);

/** Prompt after prompt, round after round. */
const rounds = (prompts: number, calls: number) =>
  Array.from({ length: prompts * calls }, (_, i) => i % prompts);

Deno.test("calls with a prompt that agree with each other count less than as many that do not", () => {
  // 10 prompts, 2 calls each; every other prompt wins both. (10 x 1^2) x 10/9 / (20 / 4) = 2.2222, x (2.2622 / 1.96)^2 = 2.9604:
  // 6.756 calls. Wilson: (0.7843 -/+ 0.4722) / 1.5686.
  const clusters = rounds(10, 2);
  const { value, low, high, n, flagged } = clusteredShare(clusters.map((id) => id % 2 === 0), clusters);
  assert.deepEqual([value, n, flagged], [0.5, 20, true]);
  close(low, 0.199);
  close(high, 0.801);
});

Deno.test("where all agree each prompt counts as one call, and few prompts are taken as they are", () => {
  const all = rounds(8, 5);
  assert.deepEqual(clusteredShare(all.map(() => true), all), { ...wilson(8, 8), n: 40 });
  const one = rounds(1, 40);
  assert.deepEqual(clusteredShare(one.map(() => true), one), wilson(40, 40));
});

Deno.test("without calls nothing is known", () => {
  assert.deepEqual(clusteredShare([], []), { value: null, low: null, high: null, n: 0, flagged: true });
});
