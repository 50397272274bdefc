import assert from "node:assert/strict";
import { finalAnswer } from "../../../lib/evaluate/mod.ts";
import { endsInNumber } from "../../../lib/evaluate/scores/worked_solution.ts";

Deno.test("finalAnswer is what stands behind the last #### of a worked solution", () => {
  assert.equal(finalAnswer("16 - 3 = <<16-3=13>>13\n#### 13"), "13");
  assert.equal(finalAnswer("#### 1,200\n"), "1,200");
  assert.equal(finalAnswer("a\n#### 1\nb\n#### 2"), "2");
  assert.equal(finalAnswer("See item #### 4 of the list"), "See item #### 4 of the list");
  assert.equal(finalAnswer("#### heading\nthen text"), "#### heading\nthen text");
});

Deno.test("a solution ends in a number when nothing but its unit stands behind it", () => {
  for (const truth of ["a\n#### 18", "#### -1,200.5", "#### $3", "#### 25%", "#### 3/4", "#### 5 km\n"]) {
    assert.equal(endsInNumber(truth), true, truth);
  }
  for (const truth of ["18", "#### Paris", "#### 3 of 4", "#### x = 5", "#### 18\nmore"]) {
    assert.equal(endsInNumber(truth), false, truth);
  }
});
