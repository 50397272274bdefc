import assert from "node:assert/strict";
import { inflatedRankInterval, rankInterval } from "../../lib/metrics/mod.ts";

for (
  const [perMille, first] of [[500, 6], [900, 36], [950, 72], [990, 368], [999, 3688]] as const
) {
  Deno.test(`p${perMille / 10} has an upper end from ${first} samples on`, () => {
    // p^n <= 0.025, n >= ln 0.025 / ln p = 5.3, 35.01, 71.9, 367.04, 3687.04.
    assert.equal(rankInterval(first - 1, perMille).high, null);
    assert.equal(rankInterval(first, perMille).high, first);
  });
}

Deno.test("the interval of a median of 6 is from the least to the greatest", () => {
  // P(B = 0) = P(B = 6) = 1/64 = 0.0156; with five of them 7/64 = 0.109.
  assert.deepEqual(rankInterval(6, 500), { low: 1, high: 6 });
  // P(B = 0) = 1/32 = 0.031: too much.
  assert.deepEqual(rankInterval(5, 500), { low: null, high: null });
});

Deno.test("without samples both ends are open", () => {
  assert.deepEqual(rankInterval(0, 500), { low: null, high: null });
});

/** P(B <= k) x 1000^n for B ~ Binomial(n, perMille/1000), exactly. */
function cumulative(n: number, perMille: number, k: number): bigint {
  let sum = 0n;
  let choose = 1n;
  for (let i = 0; i <= k; i++) {
    sum += choose * BigInt(perMille) ** BigInt(i) * BigInt(1000 - perMille) ** BigInt(n - i);
    choose = choose * BigInt(n - i) / BigInt(i + 1);
  }
  return sum;
}

Deno.test("ranks agree with exact integer arithmetic", () => {
  for (const perMille of [500, 900, 950, 990]) {
    for (const n of [1, 2, 7, 19, 40, 100, 371]) {
      const all = 1000n ** BigInt(n);
      const little = (mass: bigint) => mass * 1000n <= 25n * all;
      let low: number | null = null;
      while ((low ?? 0) < n && little(cumulative(n, perMille, low ?? 0))) low = (low ?? 0) + 1;
      let high: number | null = null;
      for (let u = n; u > 0 && little(all - cumulative(n, perMille, u - 1)); u--) high = u;
      assert.deepEqual(rankInterval(n, perMille), { low, high }, `n = ${n}, ${perMille} per mille`);
    }
  }
});

Deno.test("ranks of a million samples follow the normal approximation", () => {
  // 500,000 -+ 1.96 x 500 = 499,020 and 500,980.
  const { low, high } = rankInterval(1_000_000, 500);
  assert.ok(Math.abs(low! - 499_020) <= 2, `${low}`);
  assert.ok(Math.abs(high! - 500_981) <= 2, `${high}`);
});

Deno.test("half as many independent samples have the ranks of half as many, stretched", () => {
  // Of 10: P(B <= 1) = 11/1024 = 0.0107, P(B <= 2) = 0.0547: ranks 2 and 9. The 2nd of 10 begins with the 3rd of 20.
  assert.deepEqual(inflatedRankInterval(20, 500, 2), { low: 3, high: 18 });
  assert.deepEqual(inflatedRankInterval(20, 500, 1), rankInterval(20, 500));
  // 71 samples worth 35.5: 35 of them have no upper end, 36 have.
  assert.equal(inflatedRankInterval(71, 900, 2).high, null);
  assert.equal(inflatedRankInterval(72, 900, 2).high, 72);
  assert.deepEqual(inflatedRankInterval(0, 500, 2), { low: null, high: null });
});
