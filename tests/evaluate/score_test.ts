import assert from "node:assert/strict";
import { finalAnswer, isCorrect } from "../../lib/evaluate/mod.ts";

Deno.test("exact takes the answer alone, whatever its case, article and full stop", () => {
  assert.equal(isCorrect("The North Mole.", ["north mole"], "exact"), true);
  assert.equal(isCorrect("It is the north mole", ["north mole"], "exact"), false);
});

Deno.test("contains takes an answer inside a sentence", () => {
  assert.equal(isCorrect("It was moored at the North Mole, they say.", ["north mole"], "contains"), true);
  assert.equal(isCorrect("It was moored at the south mole.", ["north mole"], "contains"), false);
});

Deno.test("contains wants whole words and whole numbers", () => {
  assert.equal(isCorrect("He saw nineteen", ["nine"], "contains"), false);
  assert.equal(isCorrect("She is a seamstress", ["seam"], "contains"), false);
  assert.equal(isCorrect("8.9 inches", ["8"], "contains"), false);
  assert.equal(isCorrect("It is -5", ["5"], "contains"), false);
  assert.equal(isCorrect("1,800 tons", ["800"], "contains"), false);
  assert.equal(isCorrect("That makes $1,800.00", ["1800"], "contains"), true);
});

Deno.test("contains wants the words of an answer side by side and in order", () => {
  assert.equal(isCorrect("mole, north", ["north mole"], "contains"), false);
  assert.equal(isCorrect("north of the old mole", ["north mole"], "contains"), false);
});

Deno.test("any of the ground truths is enough", () => {
  assert.equal(isCorrect("nine", ["nine fathoms", "nine"], "exact"), true);
  assert.equal(isCorrect("ten", ["nine fathoms", "nine"], "contains"), false);
  assert.equal(isCorrect("anything", [], "contains"), false);
});

Deno.test("a ground truth without a word matches nothing, not even an empty answer", () => {
  for (const method of ["exact", "contains"] as const) {
    assert.equal(isCorrect("", ["", "?!"], method), false);
    assert.equal(isCorrect("anything", [""], method), false);
  }
});

Deno.test("a ground truth that is an article is right only as the whole answer", () => {
  assert.equal(isCorrect("A.", ["A"], "contains"), true);
  assert.equal(isCorrect("It is a B.", ["A"], "contains"), false);
});

Deno.test("contains finds an answer in scripts without spaces between words", () => {
  assert.equal(isCorrect("答えは東京です。", ["東京"], "contains"), true);
  assert.equal(isCorrect("答えは大阪です。", ["東京"], "contains"), false);
  assert.equal(isCorrect("答えは東京です。", ["東京"], "exact"), false);
});

Deno.test("finalAnswer is what stands behind the last #### of a worked solution", () => {
  assert.equal(finalAnswer("16 - 3 = <<16-3=13>>13\n#### 13"), "13");
  assert.equal(finalAnswer("#### 1,200\n"), "1,200");
  assert.equal(finalAnswer("a\n#### 1\nb\n#### 2"), "2");
  assert.equal(finalAnswer("See item #### 4 of the list"), "See item #### 4 of the list");
  assert.equal(finalAnswer("#### heading\nthen text"), "#### heading\nthen text");
});

Deno.test("a worked solution is compared by its result", () => {
  const truth = ["She sells 9 eggs a day.\nShe makes 9 * 2 = $<<9*2=18>>18.\n#### 18"];
  assert.equal(isCorrect("9 eggs at $2.\nThe answer is $18.00.", truth, "contains"), true);
  assert.equal(isCorrect("9 eggs at $2.\nThe answer is 20.", truth, "contains"), false);
  assert.equal(isCorrect("18", truth, "exact"), true);
});
