import assert from "node:assert/strict";
import { correct, value } from "./scoring.ts";

const f1 = { method: "token_f1" } as const;

Deno.test("token_f1 is the harmonic mean of precision and recall over words", () => {
  // "big brown fox fox" and "brown fox": 2 shared, precision 2/4, recall 2/2, 2 x 0.5 x 1 / 1.5 = 0.6667.
  assert.equal(value(f1, "The big brown fox, fox", "a brown fox"), 0.6667);
  assert.equal(value(f1, "fox brown", "Brown fox."), 1);
  assert.equal(value(f1, "whale", "brown fox"), 0);
});

Deno.test("token_f1 counts a word as often as both sides have it", () => {
  // "fox fox fox brown" and "fox fox": 2 shared of 4 and 2.
  assert.equal(value(f1, "fox fox fox brown", "fox fox"), 0.6667);
});

Deno.test("token_f1 of nothing is 0, of an answer as of a right answer", () => {
  assert.deepEqual([value(f1, "", "fox"), value(f1, "fox", "?"), value(f1, "", "?")], [0, 0, 0]);
});

Deno.test("token_f1 takes each character of a script without spaces as a word", () => {
  // 答 え は 東 京 and 東 京: 2 shared of 5 and 2: 4 / 7.
  assert.equal(value(f1, "答えは東京", "東京"), 0.5714);
});

Deno.test("token_f1 decides by its threshold: 0.5, another one, or none", () => {
  // 1 shared of 2 and 2: exactly 0.5. 1 shared of 3 and 2: 0.4.
  assert.equal(correct(f1, "brown bear", "brown fox"), true);
  assert.equal(correct(f1, "big brown bear", "brown fox"), false);
  assert.equal(correct({ ...f1, threshold: 0.4 }, "big brown bear", "brown fox"), true);
  assert.equal(correct({ ...f1, threshold: null }, "brown fox", "brown fox"), null);
  assert.equal(value({ ...f1, threshold: null }, "brown fox", "brown fox"), 1);
});
