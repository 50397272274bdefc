import assert from "node:assert/strict";
import { correct } from "./scoring.ts";

const contains = (answer: string, truth: string) => correct({ method: "contains" }, answer, truth);

Deno.test("contains takes an answer inside a sentence", () => {
  assert.equal(contains("It was moored at the North Mole, they say.", "north mole"), true);
  assert.equal(contains("It was moored at the south mole.", "north mole"), false);
});

Deno.test("contains wants whole words and whole numbers", () => {
  assert.equal(contains("He saw nineteen", "nine"), false);
  assert.equal(contains("She is a seamstress", "seam"), false);
  assert.equal(contains("8.9 inches", "8"), false);
  assert.equal(contains("It is -5", "5"), false);
  assert.equal(contains("1,800 tons", "800"), false);
  assert.equal(contains("That makes $1,800.00", "1800"), true);
});

Deno.test("contains wants the words of an answer side by side and in order", () => {
  assert.equal(contains("mole, north", "north mole"), false);
  assert.equal(contains("north of the old mole", "north mole"), false);
});

Deno.test("contains matches nothing to a right answer without a word, not even an empty answer", () => {
  assert.equal(contains("", "?!"), false);
  assert.equal(contains("anything", "?!"), false);
});

Deno.test("contains takes an article only as the whole answer", () => {
  assert.equal(contains("A.", "A"), true);
  assert.equal(contains("It is a B.", "A"), false);
});

Deno.test("contains finds an answer in scripts without spaces between words", () => {
  assert.equal(contains("答えは東京です。", "東京"), true);
  assert.equal(contains("答えは大阪です。", "東京"), false);
});

Deno.test("contains compares a worked solution by its result", () => {
  const truth = "She sells 9 eggs a day.\nShe makes 9 * 2 = $<<9*2=18>>18.\n#### 18";
  assert.equal(contains("9 eggs at $2.\nThe answer is $18.00.", truth), true);
  assert.equal(contains("9 eggs at $2.\nThe answer is 20.", truth), false);
});
