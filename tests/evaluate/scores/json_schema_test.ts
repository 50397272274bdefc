import assert from "node:assert/strict";
import { UserError } from "../../../lib/core/mod.ts";
import { answerScorer } from "../../../lib/evaluate/mod.ts";
import { correct, scoreOf } from "./scoring.ts";

const person = {
  type: "object",
  properties: { name: { type: "string" }, age: { type: "integer", minimum: 0 } },
  required: ["name"],
  additionalProperties: false,
} as const;
const options = { method: "json_schema", schema: person } as const;

Deno.test("json_schema takes JSON that the schema accepts, and needs no right answer", () => {
  assert.equal(correct(options, '{"name": "Ann", "age": 3}'), true);
  assert.equal(correct(options, '{"age": 3}'), false);
  assert.equal(correct(options, '{"name": "Ann", "age": -1}'), false);
  assert.equal(correct(options, '{"name": "Ann", "size": 1}'), false);
  assert.deepEqual(scoreOf(options, "{}", []), { value: null, correct: false, method: "json_schema" });
});

Deno.test("json_schema takes the one fenced block, and no JSON among prose", () => {
  assert.equal(correct(options, 'Here it is:\n```json\n{"name": "Ann"}\n```\nAs you asked.'), true);
  assert.equal(correct(options, '```\n{"name": "Ann"}\n```'), true);
  assert.equal(correct(options, '```json\n{"name": "Ann"}\n```\n```json\n{"name": "Bob"}\n```'), false);
  assert.equal(correct(options, 'It is {"name": "Ann"}'), false);
  assert.equal(correct(options, '{"name": "Ann"'), false);
  assert.equal(correct(options, ""), false);
});

Deno.test("json_schema knows conditions, references and the keywords of both drafts", () => {
  const schema = {
    $defs: { id: { type: "string", pattern: "^[a-z]+$" } },
    type: "object",
    properties: { id: { $ref: "#/$defs/id" }, kind: { const: "big" } },
    if: { required: ["kind"] },
    then: { required: ["size"] },
  };
  const of2020 = { method: "json_schema", schema } as const;
  assert.equal(correct(of2020, '{"id": "ab"}'), true);
  assert.equal(correct(of2020, '{"id": "AB"}'), false);
  assert.equal(correct(of2020, '{"kind": "big"}'), false);
  const items = [{ type: "integer" }];
  const pair = { type: "array", items, additionalItems: false };
  const of07 = {
    method: "json_schema",
    schema: { $schema: "http://json-schema.org/draft-07/schema#", ...pair },
  } as const;
  assert.equal(correct(of07, "[1]"), true);
  assert.equal(correct(of07, "[1, 2]"), false);
  const tuple = { method: "json_schema", schema: { prefixItems: items, items: false } } as const;
  assert.equal(correct(tuple, "[1]"), true);
  assert.equal(correct(tuple, "[1, 2]"), false);
});

Deno.test("json_schema takes a right answer as the schema, and only what is one", () => {
  const own = { method: "json_schema" } as const;
  const truth = JSON.stringify(person);
  assert.equal(correct(own, '{"name": "Ann"}', truth), true);
  assert.equal(correct(own, '{"name": 1}', truth), false);
  assert.equal(correct(own, "5", truth, '{"$id": "n", "type": "number"}'), true);
  assert.equal(
    scoreOf(own, '{"name": "Ann"}', ['{"name": "Ann"}', "Ann", "[1]", "true", '{"type": "word"}']),
    null,
  );
  const scorer = answerScorer(own);
  assert.equal(scorer.score("5", ['{"$id": "n", "type": "number"}'])?.correct, true);
  assert.equal(scorer.score("5", ['{"$id": "n", "type": "string"}'])?.correct, false);
});

Deno.test("json_schema says before the first answer what is wrong with a schema", () => {
  const refused = (schema: Record<string, unknown>, found: RegExp) =>
    assert.throws(
      () => answerScorer({ method: "json_schema", schema }),
      (error) => error instanceof UserError && found.test(error.message),
    );
  refused({ type: "word" }, /Cannot score answers by the JSON schema .*type/);
  refused({ type: "object", requried: ["name"] }, /unknown keyword: "requried"/);
});
