import assert from "node:assert/strict";
import { finalNumber } from "../../../lib/evaluate/mod.ts";
import { correct, scoreOf } from "./scoring.ts";

const numeric = { method: "numeric" } as const;

const finals: readonly [what: string, text: string, expected: number | null][] = [
  ["the last one", "9 eggs at $2 each are $18 every day.", 18],
  ["that of the last ####", "#### 17\nNo, I was wrong.\n#### 18\nThat is for 7 days", 18],
  ["that of #### with mark-up and currency", "so:\n#### **$1,800.00**", 1800],
  ["that of #### in the last line, whatever follows", "9 * 2 = 18\n#### 18. It follows from 2 facts", 18],
  ["no Markdown heading", "#### 1. Eggs\n16 - 7\n#### 2. Price\n9 eggs are $18", 18],
  ["that of \\boxed", "$$\\boxed{18 \\text{ dollars}}$$ for 9 eggs", 18],
  ["that of a fraction in \\boxed", "\\boxed{\\frac{3}{4}} of 12", 0.75],
  ["the one behind answer is", "The answer is **$18**. That is 9 times 2.", 18],
  ["the one behind Answer:", "Answer: 18 eggs\n\nShe had 16 and found 2.", 18],
  ["no first number of a calculation", "The answer is 9 * 2 = 18", 18],
  ["the one behind answer is, a list following", "The answer is **18**\n- 2 eggs\n2. more", 18],
  ["the negative", "It falls to -5", -5],
  ["the result of a subtraction", "16 - 3 = 13", 13],
  ["none", "I don't know", null],
];
for (const [what, text, expected] of finals) {
  Deno.test(`the final number is ${what}`, () => assert.equal(finalNumber(text)?.value ?? null, expected));
}

Deno.test("numeric compares values, not spellings, and passes over units", () => {
  assert.equal(correct(numeric, "It costs $1,800.00.", "1800"), true);
  assert.equal(correct(numeric, "That makes 18 dollars", "18 eggs"), true);
  assert.equal(correct(numeric, "one and a half: 1 1/2", "1.5"), true);
  assert.equal(correct(numeric, "-5", "5"), false);
  assert.equal(correct(numeric, "9 of the 18 eggs are 20", "18"), false);
});

Deno.test("numeric wants whole numbers to be the same, and others to be within a millionth of the right one", () => {
  assert.equal(correct(numeric, "1450001", "1450000"), false);
  // 1,000,000.5 x 1e-6 = 1.0000005.
  assert.equal(correct(numeric, "1000001.5", "1000000.5"), true);
  assert.equal(correct(numeric, "1000001.6", "1000000.5"), false);
  assert.equal(correct(numeric, "-0.3333333", "-1/3"), true);
  assert.equal(correct(numeric, "0.333", "1/3"), false);
  assert.equal(correct(numeric, "0.0000001", "0"), false);
});

Deno.test("numeric takes the tolerance that is set, for whole numbers too", () => {
  // 1 % of 200 is 2.
  assert.equal(correct({ ...numeric, tolerance: 0.01 }, "202", "200"), true);
  assert.equal(correct({ ...numeric, tolerance: 0.01 }, "203", "200"), false);
  assert.equal(correct({ ...numeric, tolerance: 0.01 }, "0.331", "1/3"), true);
  assert.equal(correct({ ...numeric, tolerance: 0 }, "0.33", "0.33"), true);
});

Deno.test("numeric takes percent with and without its sign, and as a fraction where one side has the sign", () => {
  assert.equal(correct(numeric, "25%", "25"), true);
  assert.equal(correct(numeric, "25", "25 percent"), true);
  assert.equal(correct(numeric, "0.25", "25%"), true);
  assert.equal(correct(numeric, "1/4", "25%"), true);
  assert.equal(correct(numeric, "25%", "0.25"), true);
  assert.equal(correct(numeric, "0.25", "25"), false);
  assert.equal(correct(numeric, "25%", "2500%"), false);
});

Deno.test("numeric has no value, and nothing to compare with where no right answer has a number", () => {
  assert.deepEqual(scoreOf(numeric, "18", ["18"]), { value: null, correct: true, method: "numeric" });
  assert.equal(scoreOf(numeric, "18", ["eighteen"]), null);
  assert.equal(correct(numeric, "18", "eighteen", "18"), true);
  assert.equal(correct(numeric, "eighteen", "18"), false);
});
