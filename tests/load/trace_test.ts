import assert from "node:assert/strict";
import { UserError } from "../../lib/core/mod.ts";
import { parseTrace } from "../../lib/load/mod.ts";

const azure = `TIMESTAMP,ContextTokens,GeneratedTokens
2023-11-16 18:17:03.9799600,4808,10
2023-11-16 18:17:04.0319600,3180,8
2023-11-16 18:17:05.0781490,110,27
`;

Deno.test("a CSV trace has its times from the first request on, to the microsecond, and its lengths", () => {
  assert.deepEqual(parseTrace(azure, "t.csv"), [
    { at_ms: 0, prompt_tokens: 4808, completion_tokens: 10 },
    { at_ms: 52, prompt_tokens: 3180, completion_tokens: 8 }, // 04.0319600 - 03.9799600
    { at_ms: 1098.189, prompt_tokens: 110, completion_tokens: 27 },
  ]);
});

Deno.test("JSON Lines, seconds, dates with a zone and columns in any order are read all the same", () => {
  const lines =
    '{"TIMESTAMP":"2023-11-16T19:00:01.5+01:00"}\n\n{"TIMESTAMP":"2023-11-16T18:00:01Z","GeneratedTokens":3}\n';
  assert.deepEqual(parseTrace(lines, "t.jsonl"), [
    { at_ms: 0, prompt_tokens: null, completion_tokens: 3 },
    { at_ms: 500, prompt_tokens: null, completion_tokens: null },
  ]);
  const seconds = "GeneratedTokens, TIMESTAMP\r\n5, 10.25\r\n, 10\r\n";
  assert.deepEqual(parseTrace(seconds, "t.csv"), [
    { at_ms: 0, prompt_tokens: null, completion_tokens: null },
    { at_ms: 250, prompt_tokens: null, completion_tokens: 5 },
  ]);
});

const faults: readonly [string, string, RegExp][] = [
  [
    "no such column",
    "time,ContextTokens\n1,2\n",
    /"t:1": there is no such column; expected a header line with TIMESTAMP/,
  ],
  ["no date", `${azure}yesterday,1,1\n`, /"t:5": TIMESTAMP is "yesterday"; expected a date or seconds/],
  [
    "no number",
    "TIMESTAMP,ContextTokens\n1,many\n",
    /"t:2": ContextTokens is "many"; expected a whole number/,
  ],
  ["no request", "TIMESTAMP\n", /it holds no request/],
  ["an empty file", "", /no such column/],
  ["no JSON", '{"TIMESTAMP":1}\nhello\n', /"t:2": the line is no JSON object/],
];
for (const [name, text, message] of faults) {
  Deno.test(`a trace that can't be read is one message with its line: ${name}`, () => {
    assert.throws(
      () => parseTrace(text, "t"),
      (error) => error instanceof UserError && message.test(error.message),
    );
  });
}
