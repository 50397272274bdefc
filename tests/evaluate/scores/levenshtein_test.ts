import assert from "node:assert/strict";
import { correct, value } from "./scoring.ts";

const levenshtein = { method: "levenshtein" } as const;

Deno.test("levenshtein is 1 minus edits over the longer length, of normalised texts", () => {
  // kitten -> sitten -> sittin -> sitting: 3 edits of 7.
  assert.equal(value(levenshtein, "The Kitten!", "sitting"), 0.5714);
  assert.equal(value(levenshtein, "sitting", "kitten"), 0.5714);
  assert.equal(value(levenshtein, "Sitting.", "sitting"), 1);
  assert.equal(value(levenshtein, "abc", "xyz"), 0);
});

Deno.test("levenshtein of nothing is 0", () => {
  assert.deepEqual([value(levenshtein, "", "fox"), value(levenshtein, "", "?")], [0, 0]);
});

Deno.test("levenshtein decides from 0.8 on unless told otherwise", () => {
  // 1 edit of 5, 1 of 4.
  assert.equal(correct(levenshtein, "tallo", "talla"), true);
  assert.equal(correct(levenshtein, "tall", "tale"), false);
  assert.equal(correct({ ...levenshtein, threshold: 0.75 }, "tall", "tale"), true);
});
