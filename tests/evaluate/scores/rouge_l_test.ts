import assert from "node:assert/strict";
import { correct, value } from "./scoring.ts";

const rouge = { method: "rouge_l" } as const;

Deno.test("rouge_l gives the values of Lin's own example", () => {
  // "police killed the gunman" against "police kill the gunman": LCS "police the gunman", 3 of 4 words on both sides;
  // against "the gunman kill police": LCS "the gunman", 2 of 4.
  assert.equal(value(rouge, "police kill the gunman", "police killed the gunman"), 0.75);
  assert.equal(value(rouge, "the gunman kill police", "police killed the gunman"), 0.5);
});

Deno.test("rouge_l weighs precision and recall the same", () => {
  // LCS "the gunman" = 2; 5 words and 2: 4 / 7.
  assert.equal(value(rouge, "Yes: the (tall) gunman fled.", "The gunman"), 0.5714);
  assert.equal(value(rouge, "The gunman", "Yes: the (tall) gunman fled."), 0.5714);
});

Deno.test("rouge_l keeps articles, parts words at every mark and takes no stem", () => {
  // "a fox" and "fox": LCS 1 of 2 and 1.
  assert.equal(value(rouge, "a fox", "fox"), 0.6667);
  // "north east" and "northeast", "foxes" and "fox" share nothing.
  assert.deepEqual([value(rouge, "north-east", "northeast"), value(rouge, "foxes", "fox")], [0, 0]);
});

Deno.test("rouge_l of nothing is 0", () => {
  assert.deepEqual([value(rouge, "", "fox"), value(rouge, "", ""), value(rouge, "?", "!")], [0, 0, 0]);
});

Deno.test("rouge_l decides from 0.5 on unless told otherwise", () => {
  assert.equal(correct(rouge, "the gunman kill police", "police killed the gunman"), true);
  assert.equal(
    correct({ ...rouge, threshold: 0.6 }, "the gunman kill police", "police killed the gunman"),
    false,
  );
});
