import assert from "node:assert/strict";
import { correct, scoreOf } from "./scoring.ts";

const exact = { method: "exact" } as const;

Deno.test("exact takes the answer alone, whatever its case, article and full stop", () => {
  assert.equal(correct(exact, "The North Mole.", "north mole"), true);
  assert.equal(correct(exact, "It is the north mole", "north mole"), false);
  assert.equal(correct(exact, "答えは東京です。", "東京"), false);
});

Deno.test("exact compares a worked solution by its result", () => {
  assert.equal(correct(exact, "18", "She makes 9 * 2 = $18.\n#### 18"), true);
});

Deno.test("exact matches nothing to a right answer without a word, and has no value", () => {
  assert.equal(correct(exact, "", "?!"), false);
  assert.deepEqual(scoreOf(exact, "nine", ["nine"]), { value: null, correct: true, method: "exact" });
});
