import assert from "node:assert/strict";
import { numbersIn } from "../../../lib/evaluate/scores/number_text.ts";

const cases: readonly [what: string, text: string, expected: number[]][] = [
  ["whole numbers, behind which a sentence ends", "18. And 7, 3", [18, 7, 3]],
  ["decimals", "1.5 and .25 and 18.00.", [1.5, 0.25, 18]],
  ["thousands separators", "1,234,567.89 and $70,000", [1234567.89, 70000]],
  ["Indian groups", "1,00,000", [100000]],
  ["groups parted by spaces of the narrow kinds and by apostrophes", "1\u202f234 5\u00a0678\u00a0901 9'000", [
    1234,
    5678901,
    9000,
  ]],
  ["LaTeX separators", "1{,}234 and 5\\,000", [1234, 5000]],
  ["commas that separate no thousands", "1,2 and 12,34", [1, 2, 12, 34]],
  ["negative numbers", "-5, \u22126, -$7, $-8 and (-9)", [-5, -6, -7, -8, -9]],
  ["dashes that are no minus", "3-5, 16 - 3, a - 4\n- 2 eggs", [3, 5, 16, 3, 4, 2]],
  ["currencies before and after", "US$5, USD 6, Rs. 7, €8, 9€, £ 10", [5, 6, 7, 8, 9, 10]],
  ["units", "5km, 6 kg, 21st", [5, 6, 21]],
  ["fractions", "3/4 and 10/4", [0.75, 2.5]],
  ["mixed fractions", "1 1/2 and 2½ and ¼", [1.5, 2.5, 0.25]],
  ["LaTeX fractions", "\\frac{3}{4} and \\dfrac{1}{8}", [0.75, 0.125]],
  ["powers of ten", "1.5e6, 2 × 10^6, 3 \\times 10^{-2}, 4 x 10³", [1.5e6, 2e6, 0.03, 4000]],
  ["scales in words", "1.5 million and 2 Thousand", [1.5e6, 2000]],
  ["full width digits", "\uff11\uff18", [18]],
  ["numbers behind letters that are not Latin", "答えは18です", [18]],
  ["digits of words", "H2O, GPT-4, m², x_1, v1.2.3", []],
  ["GSM8K's calculations", "3*4=<<3*4=12>>12", [3, 4, 3, 4, 12, 12]],
  ["division by zero", "5/0", []],
  ["no number", "eighteen", []],
];
for (const [what, text, expected] of cases) {
  Deno.test(`numbersIn reads ${what}`, () =>
    assert.deepEqual(numbersIn(text).map(({ value }) => value), expected));
}

Deno.test("numbersIn sees percent", () => {
  const seen = numbersIn("25%, 3.5 %, 7 percent, 8 per cent, 9\\%, 10 percents").map((found) => [
    found.value,
    found.percent,
  ]);
  assert.deepEqual(seen, [[25, true], [3.5, true], [7, true], [8, true], [9, true], [10, false]]);
});
