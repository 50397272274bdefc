import assert from "node:assert/strict";
import { pairedMean, pairedVariance } from "../../lib/metrics/paired_mean.ts";
import { PairedSums } from "../../lib/metrics/paired_sums.ts";

const close = (a: number | null | undefined, b: number, within = 1e-3) =>
  assert.ok(Math.abs(a! - b) < within, `${a} ${b}`);

function sumsOf(values: readonly (readonly [prompt: number, value: number])[]): PairedSums {
  const sums = new PairedSums();
  for (const [prompt, value] of values) sums.add(`p${prompt}`, value);
  return sums;
}

const eight = [1, 2, 3, 4, 5, 6, 7, 8];

Deno.test("pairs of one prompt have the interval of their mean", () => {
  // s^2 = 4/3, s^2 / n = 1/3, t(3) = 3.182: 1 -/+ 1.837; t975 is within 1 % there.
  const sums = sumsOf([[1, 0], [1, 2], [1, 0], [1, 2]]);
  const { clustered_by, between, within, degrees } = pairedVariance(sums);
  assert.deepEqual([clustered_by, between, degrees], ["prompt and time", 0, 3]);
  close(within, 1 / 3);
  const mean = pairedMean(sums);
  assert.equal(mean?.value, 1);
  close(mean?.low, -0.837, 0.02);
  close(mean?.high, 2.837, 0.02);
});

Deno.test("pairs of one prompt that are alike count as one", () => {
  // Means 1 to 8: 42 / (8 x 7) = 0.75, t(7) = 2.3646: 4.5 -/+ 2.048.
  const sums = sumsOf([...eight, ...eight].map((g) => [g, g]));
  const { clustered_by, between, within, degrees } = pairedVariance(sums);
  assert.deepEqual([clustered_by, within], ["prompt", 0]);
  close(degrees, 7);
  close(between, 0.75);
  close(pairedMean(sums)?.low, 2.452);
  close(pairedMean(sums)?.high, 6.548);
});

Deno.test("what falls with pairs and what falls only with prompts are told apart", () => {
  // Each prompt has g - 1 and g + 1, in turns the lower one first: s^2 = 16/8, s^2 / n = 0.125; together 0.75 as before.
  const first = eight.map((g) => [g, g + (g % 2 === 0 ? 1 : -1)] as const);
  const second = eight.map((g) => [g, g + (g % 2 === 0 ? -1 : 1)] as const);
  const { between, within, degrees } = pairedVariance(sumsOf([...first, ...second]));
  // Satterthwaite: 0.75^2 / (0.75^2 / 7 + 0).
  close(degrees, 7);
  close(within, 0.125);
  close(between, 0.625);
});

Deno.test("prompts of unequal size count as fewer", () => {
  // Seven with one pair, one with three: 10^2 / (7 + 9) - 1 = 5.25.
  const sums = sumsOf([...eight, 8, 8].map((g) => [g, g]));
  close(pairedVariance(sums).degrees, 5.25);
});

Deno.test("a difference that comes and goes widens the interval", () => {
  const at = (i: number) => Math.floor(i / 8) % 2;
  const swinging = pairedVariance(sumsOf(Array.from({ length: 64 }, (_, i) => [1, at(i)])));
  const shuffled = pairedVariance(sumsOf(Array.from({ length: 64 }, (_, i) => [1, at(i * 8 + i % 2)])));
  assert.ok(swinging.within > 3 * shuffled.within, `${swinging.within} ${shuffled.within}`);
  assert.ok(swinging.degrees < shuffled.degrees / 3);
});

Deno.test("no pair has no mean, one pair no interval", () => {
  assert.equal(pairedMean(sumsOf([])), null);
  assert.deepEqual(pairedMean(sumsOf([[1, 3]])), { value: 3, low: null, high: null });
});

Deno.test("however many pairs, at most 128 slices are kept, and the sums are those of all pairs", () => {
  const sums = new PairedSums();
  for (let i = 0; i < 1000; i++) sums.add(`p${i % 3}`, i);
  // 128 slices of 1, 2, 4, then 8 pairs.
  assert.deepEqual([sums.slices.length, sums.sliceSize, sums.n, sums.sum], [125, 8, 1000, 499_500]);
  let n = 0;
  let sum = 0;
  for (const cell of sums.slices.flatMap((slice) => [...slice.values()])) {
    n += cell.n;
    sum += cell.sum;
  }
  assert.deepEqual([n, sum], [1000, 499_500]);
});
