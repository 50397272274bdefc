import assert from "node:assert/strict";
import { UserError } from "../../../lib/core/mod.ts";
import { answerScorer } from "../../../lib/evaluate/mod.ts";
import { correct, scoreOf } from "./scoring.ts";

const choices = ["Rome", "Paris", "Paris, Texas", "London"];
const takes = (answer: string, truth = "C") => correct({ method: "choice" }, answer, truth);
const picks = (answer: string, truth: string) => correct({ method: "choice", choices }, answer, truth);

for (
  const answer of [
    ...[
      "C",
      "c",
      "C.",
      "(C)",
      "[c]",
      "C) Paris",
      "C: because",
      "**C**",
      "**C.** Paris",
      " C\nbecause of A and B",
    ],
    ...[
      "The answer is C.",
      "the answer is (c), not B",
      "Answer: C",
      "**Answer:** C",
      "ANSWER: C",
      "Final answer: **C**",
    ],
    ...["The answer is A. No: the answer is C", "The correct answer is C because A and B are wrong"],
    ...[
      "I would take option C here",
      "It must be choice (C)",
      "So $\\boxed{C}$",
      "\\boxed{\\text{C}} not (A)",
    ],
    ...["The correct option is C. Option A is wrong.", "(A) is wrong and (B) too.\n\nC", "A. no\nB. no\n(C)"],
    ...["A long thought about this.\nC", "A dog would say (C)", "It is B-like.\n\n**C**\n"],
  ]
) Deno.test(`choice reads C in ${JSON.stringify(answer)}`, () => assert.equal(takes(answer), true));

for (
  const answer of [
    ...["B", "(B) Paris", "The answer is B, not C", "Answer: D", "C is wrong, the answer is B"],
    ...[
      "A. one\nB. two\nC. three: all fine",
      "Option B is right, option C is wrong",
      "C. may be\nB. is better",
    ],
    ...["Choose between (B) and (C)", "Cats", "Maybe C is it?", "", "The answer is clear"],
  ]
) Deno.test(`choice reads no C in ${JSON.stringify(answer)}`, () => assert.equal(takes(answer), false));

Deno.test("choice takes no article for the letter A", () => {
  assert.equal(takes("A dog barks.", "A"), false);
  assert.equal(takes("The answer is a dog", "A"), false);
  assert.equal(takes("The answer is a.", "A"), true);
  assert.equal(takes("A. A dog", "A"), true);
  assert.equal(takes("e.g. a dog", "E"), false);
});

Deno.test("choice reads a right answer in all its forms", () => {
  for (const truth of ["C", "c", "(C)", "C)", "C. Paris", "(C) Paris", "So it is the third.\n#### C"]) {
    assert.equal(takes("C", truth), true, truth);
    assert.equal(takes("B", truth), false, truth);
  }
  assert.equal(takes("It is Paris, I think", "C. Paris"), true);
  assert.equal(takes("It is Rome", "C. Paris"), false);
  assert.equal(takes("(B) Paris", "C. Paris"), false);
});

Deno.test("choice finds the one option whose text stands in the answer", () => {
  assert.equal(picks("I think it is Paris.", "B"), true);
  assert.equal(picks("I think it is Paris, Texas.", "C"), true);
  assert.equal(picks("I think it is Paris, Texas.", "B"), false);
  assert.equal(picks("Rome or London", "A"), false);
  assert.equal(picks("Parisian", "B"), false);
});

Deno.test("choice takes the text of an option as the right answer", () => {
  assert.equal(picks("B", "Paris"), true);
  assert.equal(picks("It is Paris", "paris."), true);
  assert.equal(picks("A", "Paris"), false);
  assert.equal(correct({ method: "choice" }, "It is Paris", "Paris"), true);
});

Deno.test("choice passes over right answers that are no option, and knows no letters beyond the options", () => {
  assert.equal(scoreOf({ method: "choice", choices }, "B", ["Madrid"]), null);
  assert.equal(scoreOf({ method: "choice", choices }, "E", ["E"]), null);
  assert.equal(picks("B", "Madrid"), null);
  assert.equal(correct({ method: "choice", choices }, "B", "Madrid", "B"), true);
  assert.equal(takes("J", "J"), true);
});

Deno.test("choice wants at least two options", () => {
  assert.throws(
    () => answerScorer({ method: "choice", choices: ["one"] }),
    (error) => error instanceof UserError && /there is 1; expected 2 to 26 texts/.test(error.message),
  );
});
