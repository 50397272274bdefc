import assert from "node:assert/strict";
import { type Estimate, seededRandom } from "../../lib/core/mod.ts";
import { groupedWilson, seriesProportion, wilson } from "../../lib/metrics/mod.ts";

const rounded = (value: number | null) => value === null ? null : Number(value.toFixed(4));

Deno.test("half of 10 trials", () => {
  // (0.5 + 3.8415/20 -+ 1.96 x sqrt(0.025 + 3.8415/400)) / (1 + 3.8415/10) = (0.6921 -+ 0.3646) / 1.3841.
  const { value, low, high, n, flagged } = wilson(5, 10);
  assert.deepEqual([value, rounded(low), rounded(high), n, flagged], [0.5, 0.2366, 0.7634, 10, true]);
});

Deno.test("no success still leaves room for some", () => {
  // z^2 / (n + z^2) = 3.8415 / 13.8415 = 0.2775.
  const { value, low, high } = wilson(0, 10);
  assert.deepEqual([value, low, rounded(high)], [0, 0, 0.2775]);
});

Deno.test("nothing but successes still leaves room for a failure", () => {
  // n / (n + z^2) = 10 / 13.8415 = 0.7225.
  const { value, low, high } = wilson(10, 10);
  assert.deepEqual([value, rounded(low), high], [1, 0.7225, 1]);
});

Deno.test("nothing is known without trials, and under 20 it is flagged", () => {
  assert.deepEqual(wilson(0, 0), { value: null, low: null, high: null, n: 0, flagged: true });
  assert.equal(wilson(1, 19).flagged, true);
  assert.equal(wilson(1, 20).flagged, false);
});

for (const truth of [0.9, 0.7, 0.5]) {
  Deno.test(`of 1,000 samples of 200 trials at ${truth} about 950 have the truth in their interval`, () => {
    let covered = 0;
    for (let seed = 1; seed <= 1000; seed++) {
      const random = seededRandom(seed, "coverage");
      let successes = 0;
      for (let trial = 0; trial < 200; trial++) if (random.next() < truth) successes++;
      const { low, high } = wilson(successes, 200);
      if (low !== null && high !== null && low <= truth && truth <= high) covered++;
    }
    // 1,000 draws at 0.95: mean 950, standard deviation 6.9; about three of them on either side.
    assert.ok(covered >= 927 && covered <= 970, String(covered));
  });
}

Deno.test("trials of one group that all agree tell as much as one", () => {
  // 40 prompts, each asked three times with one outcome: as 40 trials; 120 are counted.
  const prompts = Array.from({ length: 40 }, (_, i) => ({ successes: i < 30 ? 3 : 0, n: 3 }));
  const { value, low, high, n } = groupedWilson(prompts);
  const alone = wilson(30, 40);
  assert.deepEqual([value, n], [0.75, 120]);
  assert.ok(Math.abs(low! - alone.low!) < 1e-9 && Math.abs(high! - alone.high!) < 1e-9);
  // All right: nothing varies, and 40 prompts are behind it.
  const all = groupedWilson(prompts.map(() => ({ successes: 3, n: 3 })));
  assert.deepEqual([all.low, all.high], [wilson(40, 40).low, 1]);
});

Deno.test("trials of a group that have nothing to do with each other count in full; groups of one are Wilson's", () => {
  // Every prompt is right in one of two answers: no variance between prompts at all.
  const even = Array.from({ length: 30 }, () => ({ successes: 1, n: 2 }));
  assert.deepEqual(groupedWilson(even), wilson(30, 60));
  assert.deepEqual(groupedWilson([{ successes: 1, n: 1 }, { successes: 0, n: 1 }]), wilson(1, 2));
  assert.deepEqual(groupedWilson([]), wilson(0, 0));
});

Deno.test("over 1,000 seeds of answers that repeat at three loads, the interval holds the truth in 927 to 970", () => {
  let [held, heldByTrials] = [0, 0];
  for (let seed = 0; seed < 1000; seed++) {
    const random = seededRandom(seed, "grouped");
    const groups = Array.from({ length: 150 }, () => {
      const right = random.next() < 0.8;
      // At each load the model sticks to its first answer in nine cases of ten.
      const at = () => Number(random.next() < 0.9 ? right : random.next() < 0.8);
      return { successes: at() + at() + at(), n: 3 };
    });
    const inside = ({ low, high }: Estimate) => Number(low! <= 0.8 && 0.8 <= high!);
    held += inside(groupedWilson(groups));
    heldByTrials += inside(wilson(groups.reduce((sum, { successes }) => sum + successes, 0), 450));
  }
  assert.ok(held >= 927 && held <= 970, String(held));
  // Counting every answer for itself, one in four intervals would miss.
  assert.ok(heldByTrials < 850, String(heldByTrials));
});

Deno.test("failures in a burst tell less than failures spread out", () => {
  const [bad, good] = [true, false];
  assert.deepEqual(seriesProportion([bad, good, bad, good, bad, good, bad, good]), wilson(4, 8));
  // 8 / 5.5 = 1.4545 trials (autocorrelation_test.ts): (0.5 + 1.3205 -+ 1.96 x sqrt(0.17188 + 0.45393)) / 3.6410.
  const { value, low, high, n } = seriesProportion([bad, bad, bad, bad, good, good, good, good]);
  assert.deepEqual([value, rounded(low), rounded(high), n], [0.5, 0.0742, 0.9258, 8]);
  assert.equal(seriesProportion([]).value, null);
});
