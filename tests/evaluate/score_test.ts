import assert from "node:assert/strict";
import { type ScoreMethod, scoreMethods, type ScoreOptions } from "../../lib/core/mod.ts";
import { answerScorer } from "../../lib/evaluate/mod.ts";

/** An answer that a method takes for right, one that it takes for wrong, and a right answer that neither is. */
const samples: Record<ScoreMethod, readonly [right: string, wrong: string, other: string]> = {
  exact: ["tallow", "soap", "wax"],
  contains: ["tallow", "soap", "wax"],
  token_f1: ["tallow", "soap", "wax"],
  rouge_l: ["tallow", "soap", "wax"],
  numeric: ["18", "19", "20"],
  regex: ["tallow", "soap", "wax"],
  json_schema: ['{"type":"object"}', "5", '{"type":"string"}'],
  choice: ["A", "B", "C"],
  levenshtein: ["tallow", "soap", "wax"],
  token_set_ratio: ["tallow", "soap", "wax"],
};

for (const method of scoreMethods) {
  Deno.test(`${method}: any of the right answers is enough, wherever it stands; none is no score`, () => {
    const scorer = answerScorer({ method });
    const [right, wrong, other] = samples[method];
    const verdict = (answer: string, ...truths: string[]) => scorer.score(answer, truths)?.correct;
    assert.deepEqual([verdict(right, right), verdict(right, other, right), verdict(right, right, other)], [
      true,
      true,
      true,
    ]);
    assert.deepEqual([verdict(wrong, right, other), verdict(right, other)], [false, false]);
    assert.equal(scorer.score(right, []), null);
  });
}

Deno.test("a value is that of the nearest right answer", () => {
  const scorer = answerScorer({ method: "token_f1" });
  // "brown fox": 1/3 x 2 with "fox" = 0.6667, 0 with "whale".
  assert.deepEqual(scorer.score("brown fox", ["whale", "fox"]), {
    value: 2 / 3,
    correct: true,
    method: "token_f1",
  });
});

Deno.test("auto is numeric where every right answer ends in #### and a number, else contains", () => {
  const scorer = answerScorer({ method: "auto" });
  assert.equal(scorer.methodFor(["9 * 2 = 18\n#### 18", "#### 18"]), "numeric");
  assert.equal(scorer.methodFor(["#### 18", "eighteen"]), "contains");
  assert.equal(scorer.methodFor(["18"]), "contains");
  assert.equal(scorer.methodFor([]), "contains");
  // The right number is in the answer, but it is not what the answer comes to.
  assert.equal(scorer.score("18 eggs less 2 are 16", ["#### 18"])?.correct, false);
  assert.equal(scorer.score("18 eggs less 2 are 16", ["18"])?.correct, true);
});

Deno.test("auto takes the options of the method that it comes to", () => {
  const options: ScoreOptions = { method: "auto", tolerance: 0.2 };
  assert.equal(answerScorer(options).score("20", ["#### 18"])?.correct, true);
});
