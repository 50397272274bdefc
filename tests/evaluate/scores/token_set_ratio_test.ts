import assert from "node:assert/strict";
import { correct, value } from "./scoring.ts";

const ratio = { method: "token_set_ratio" } as const;

Deno.test("token_set_ratio is 1 when one set of words holds the other, in any order and number", () => {
  assert.equal(value(ratio, "fuzzy, fuzzy was the bear", "Bear was fuzzy"), 1);
  assert.equal(value(ratio, "They moored it at the North Mole yesterday", "mole north"), 1);
});

Deno.test("token_set_ratio is the greatest of three ratios of the sorted sets", () => {
  // S "red sea" (7), A "map" (3), B "chart" (5). S A to S B: LCS 8 + 1 ("a") of 11 and 13: 18/24 = 0.75;
  // S to S A: 14/18 = 0.7778; S to S B: 14/20 = 0.7.
  assert.equal(value(ratio, "map: red sea", "Red Sea chart"), 0.7778);
  // S "x" (1), A "charts" (6), B "chart" (5): LCS 2 + 5 of 8 and 7: 14/15 = 0.9333; 2/9, 2/8.
  assert.equal(value(ratio, "x charts", "chart x"), 0.9333);
});

Deno.test("token_set_ratio without a shared word compares the letters of all", () => {
  // "ab ac" and "ad": LCS "a" = 1 (5 and 2 letters): 2/7.
  assert.equal(value(ratio, "ac ab", "ad"), 0.2857);
  assert.deepEqual([value(ratio, "abc", "xyz"), value(ratio, "", "xyz"), value(ratio, "", "?")], [0, 0, 0]);
});

Deno.test("token_set_ratio decides from 0.8 on unless told otherwise", () => {
  assert.equal(correct(ratio, "map: red sea", "Red Sea chart"), false);
  assert.equal(correct({ ...ratio, threshold: 0.77 }, "map: red sea", "Red Sea chart"), true);
  assert.equal(correct(ratio, "x charts", "chart x"), true);
});
