import assert from "node:assert/strict";
import { groundTruthOf, languageOf, questionOf } from "../../lib/data/row.ts";

Deno.test("groundTruthOf makes a list of one of a single answer, whatever its type", () => {
  assert.deepEqual(groundTruthOf({ a: "18" }, "a"), ["18"]);
  assert.deepEqual(groundTruthOf({ a: 18 }, "a"), ["18"]);
  assert.deepEqual(groundTruthOf({ a: false }, "a"), ["false"]);
});

Deno.test("groundTruthOf keeps a list, without what is empty", () => {
  assert.deepEqual(groundTruthOf({ a: ["x", "", " ", null, ["y"]] }, "a"), ["x", "y"]);
});

Deno.test("groundTruthOf is null when there is no answer or no column asked for", () => {
  for (const a of [undefined, null, "", " ", []]) assert.equal(groundTruthOf({ a }, "a"), null);
  assert.equal(groundTruthOf({ a: "x" }, null), null);
  assert.equal(groundTruthOf({ a: "x" }, "b"), null);
});

Deno.test("questionOf and languageOf are texts or null", () => {
  assert.equal(questionOf({ q: "why?" }, "q"), "why?");
  assert.equal(questionOf({ q: null }, "q"), null);
  assert.equal(questionOf({ q: "why?" }, null), null);
  assert.equal(languageOf({ language: "de" }), "de");
  for (const language of ["", 1, null, undefined]) assert.equal(languageOf({ language }), null);
});

Deno.test("groundTruthOf reads a JSON list of texts, as CSV has it, and leaves other brackets alone", () => {
  assert.deepEqual(groundTruthOf({ a: '["salt", "sea"]' }, "a"), ["salt", "sea"]);
  assert.deepEqual(groundTruthOf({ a: "[1, 2]" }, "a"), ["[1, 2]"]);
  assert.deepEqual(groundTruthOf({ a: '["salt" is white' }, "a"), ['["salt" is white']);
});
