import assert from "node:assert/strict";
import { TokenCounts } from "../../lib/data/mod.ts";

function counts(...tokens: number[]): TokenCounts {
  const result = new TokenCounts();
  for (const count of tokens) result.add(count);
  return result;
}

Deno.test("TokenCounts.range gives the middle one of an odd number", () => {
  assert.deepEqual(counts(9, 3, 5).range(), { min: 3, median: 5, max: 9 });
});

Deno.test("TokenCounts.range gives the mean of the two middle ones of an even number, ties counted", () => {
  // Sorted: 2 2 7 10; the middle ones are 2 and 7, (2 + 7) / 2 = 4.5.
  assert.deepEqual(counts(10, 2, 7, 2).range(), { min: 2, median: 4.5, max: 10 });
});

Deno.test("TokenCounts knows nothing before something was added", () => {
  assert.equal(counts().range(), null);
  assert.deepEqual(counts().bins(), []);
});

Deno.test("TokenCounts.bins covers every prompt once with the smallest round width that needs few enough bins", () => {
  // 3 to 29 in at most 4 bins: width 5 needs 6 bins (0-5 ... 25-30), width 10 needs 3.
  assert.deepEqual(counts(3, 10, 19, 20, 29).bins(4), [
    { from: 0, to: 10, rows: 1 },
    { from: 10, to: 20, rows: 2 },
    { from: 20, to: 30, rows: 2 },
  ]);
});

Deno.test("TokenCounts.bins starts where the data starts and keeps empty bins between", () => {
  // 52 to 58 in at most 4: width 1 needs 7, width 2 needs 4: 52, 54, 56, 58.
  assert.deepEqual(counts(52, 58).bins(4).map(({ from, rows }) => [from, rows]), [[52, 1], [54, 0], [56, 0], [
    58,
    1,
  ]]);
});
