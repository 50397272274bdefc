import assert from "node:assert/strict";
import { showVerdictType } from "../../lib/core/mod.ts";

Deno.test("FMBench's names of verdict types are said in words", () => {
  assert.equal(
    showVerdictType("correct_by_majority_vote_w_1_dissagreement"),
    "correct by majority vote, 1 against",
  );
  assert.equal(showVerdictType("incorrect_by_unanimous_decision"), "incorrect by unanimous decision");
});
