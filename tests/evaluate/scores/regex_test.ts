import assert from "node:assert/strict";
import { UserError } from "../../../lib/core/mod.ts";
import { answerScorer } from "../../../lib/evaluate/mod.ts";
import { correct, scoreOf } from "./scoring.ts";

Deno.test("regex with a pattern without a group asks for a match, and for no right answer", () => {
  const options = { method: "regex", pattern: "^\\d{4}-\\d{2}-\\d{2}$" } as const;
  assert.equal(correct(options, "2024-05-01", "whatever"), true);
  assert.equal(correct(options, "On 2024-05-01"), false);
  assert.deepEqual(scoreOf(options, "2024-05-01", []), { value: null, correct: true, method: "regex" });
});

Deno.test("regex with a group compares what it took last with the right answers", () => {
  const options = { method: "regex", pattern: "(?i:colour):\\s*(\\w+)" } as const;
  assert.equal(correct(options, "Colour: red. No! COLOUR: Green.", "green"), true);
  assert.equal(correct(options, "Colour: red. No! Colour: green.", "red"), false);
  assert.equal(correct(options, "green", "green"), false);
  assert.equal(correct({ method: "regex", pattern: "colour: (red)?" }, "colour: ", "red"), false);
  assert.equal(scoreOf(options, "Colour: red", []), null);
});

Deno.test("regex without a pattern takes the right answers as patterns, those that are none left out", () => {
  const options = { method: "regex" } as const;
  assert.equal(correct(options, "It is gray.", "gr[ae]y"), true);
  assert.equal(correct(options, "It is gruy.", "gr[ae]y"), false);
  assert.equal(correct(options, "It is black.", "gr[ae]y", "bl(ack|ue)"), true);
  assert.equal(correct(options, "a(b", "a(b", "c"), false);
  assert.equal(scoreOf(options, "a(b", ["a(b"]), null);
  assert.equal(scoreOf(options, "a", []), null);
});

Deno.test("regex says before the first answer that a pattern can't be read", () => {
  assert.throws(
    () => answerScorer({ method: "regex", pattern: "a(b" }),
    (error) => error instanceof UserError && /Cannot score .* "a\(b": it can't be read/.test(error.message),
  );
});
