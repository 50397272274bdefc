import { deepEqual, equal } from "node:assert/strict";
import { getNodeValue } from "jsonc-parser";
import { LineIndex } from "../../lib/config/line_index.ts";
import { scenarioObjects, type TextFault } from "../../lib/config/scenario_text.ts";

/** Values with their lines, and faults as `line:column: text`. */
function read(text: string) {
  const faults: TextFault[] = [];
  const objects = [...scenarioObjects(text, faults)];
  const lines = new LineIndex(text);
  const place = (offset: number) => {
    const { line, column } = lines.placeOf(offset);
    return `${line}:${column}`;
  };
  return {
    values: objects.map(({ node, offset }) => [lines.placeOf(offset).line, getNodeValue(node)]),
    faults: faults.map(({ offset, text }) => `${place(offset)}: ${text}`),
  };
}

Deno.test("an object a line: blank lines, CRLF, comments of three kinds and a missing last line break are fine", () => {
  const text = '{"a": 1}\r\n\r\n// one\n# two {\n/* three\n{ */ {"a": 2},\n  {"a": "// # /*"}';
  deepEqual(read(text), { values: [[1, { a: 1 }], [6, { a: 2 }], [7, { a: "// # /*" }]], faults: [] });
});

Deno.test("an object over several lines may have comments behind its values, and commas too many", () => {
  const text = '{\n  "a": 50,  // a number }\n  "b": [1, 2,], # a list {\n  "c": {"d": null},\n}\n{"a": 1}';
  deepEqual(read(text), {
    values: [[1, { a: 50, b: [1, 2], c: { d: null } }], [6, { a: 1 }]],
    faults: [],
  });
});

Deno.test("two objects on one line are two", () => {
  deepEqual(read('{"a": 1} {"a": 2}').values, [[1, { a: 1 }], [1, { a: 2 }]]);
});

const faulty: readonly (readonly [line: string, fault: string])[] = [
  ['{"a": "x"', "10: the object has no end; expected }"],
  [
    '{"a": "x',
    "7: the text has no end on its line; expected a double quote, and \\n for a line break within it",
  ],
  ["{\"a\": 'x'}", "7: 'x' stands in single quotes; expected double quotes"],
  ['{a: "x"}', '2: a stands without quotes; expected "a"'],
  ['{"a": "x" "b": 1}', '11: there is no comma before "b"; expected one between two fields or values'],
  ['{"a" "x"}', '6: there is no colon before "x"; expected "field": value'],
  ['{"a": [1}', "9: the list has no end before }; expected ]"],
  [
    '{"a": None}',
    "7: None is no value; expected text in double quotes, a number, true, false, a list or an object",
  ],
  ['{"a": 1}}', "9: a } too many; expected one for each {"],
  ["a scenario", "1: a stands outside an object; expected a scenario in { and }"],
  ["/* a comment", "1: a comment without its end; expected */ behind it"],
  [
    '{"a": "\\q"}',
    '7: "\\q" has a backslash before a character that needs none; expected \\\\ for a backslash itself',
  ],
];

Deno.test("each faulty line is named with what was expected, and hides none of the lines around it", () => {
  const good = '{"a": 1}';
  const text = faulty.map(([line]) => `${good}\n${line}\n`).join("") + good;
  const { values, faults } = read(text);
  const whole = faulty.filter(([line]) => line === '{"a": 1}}').length;
  equal(values.length, faulty.length + 1 + whole);
  deepEqual(faults, faulty.map(([, fault], index) => `${2 * index + 2}:${fault}`));
});

Deno.test("a line that is cut off before a value does not swallow the scenario behind it", () => {
  const next = '{"text_prompt": "b", "model_id": "m"}';
  deepEqual(read(`{"text_prompt":\n${next}\n{"messages": [\n${next}\n`), {
    values: [[2, { text_prompt: "b", model_id: "m" }], [4, { text_prompt: "b", model_id: "m" }]],
    faults: [
      "1:16: there is no value before the end; expected text in double quotes, a number, a list or an object",
      "3:15: the list has no end; expected ]",
    ],
  });
});

Deno.test("a whole file in one list is told to be none, and its objects are read", () => {
  const { values, faults } = read('[\n{"a": 1},\n{"a": 2}\n]');
  equal(values.length, 2);
  equal(faults.length, 2);
  equal(
    faults[0],
    "1:1: the scenarios stand in a list; expected one object a line, without [ and ] around them",
  );
});

Deno.test("lists in lists without end are a fault, not a crash", () => {
  const { values, faults } = read('{"a": [\n'.repeat(5000) + '\n{"b": 1}');
  equal(faults.length > 0, true);
  equal(values.length <= 1, true);
});

Deno.test("100,000 lines are read in a few seconds, and so are 100,000 lines without an end", () => {
  const line = `{"text_prompt": "${"word ".repeat(30)}", "model_id": "m", "expected_output_tokens": 50}`;
  const started = performance.now();
  equal([...scenarioObjects(`${line}\n`.repeat(100_000), [])].length, 100_000);
  const faults: TextFault[] = [];
  equal([...scenarioObjects(`${line.slice(0, -1)}\n`.repeat(100_000), faults)].length, 0);
  equal(faults.length, 100_000);
  equal(performance.now() - started < 30_000, true);
});
