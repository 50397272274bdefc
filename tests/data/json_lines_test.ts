import assert from "node:assert/strict";
import { type JsonLine, readJsonLines } from "../../lib/data/mod.ts";
import { rejectedWith, withFile } from "./scratch.ts";

async function read(content: string | Uint8Array): Promise<JsonLine[]> {
  return await withFile(content, (path) => Array.fromAsync(readJsonLines(path)));
}

Deno.test("readJsonLines gives each row with its line number and the bytes up to its end", async () => {
  // `{"a":1}` and its newline are 8 bytes, `{"a":"ü"}` is 10 bytes (ü is two) without one.
  assert.deepEqual(await read('{"a":1}\n{"a":"ü"}'), [
    { value: { a: 1 }, line: 1, bytes: 8 },
    { value: { a: "ü" }, line: 2, bytes: 18 },
  ]);
});

Deno.test("readJsonLines takes a byte order mark, CRLF and blank lines; blank lines count", async () => {
  const rows = await read('\ufeff{"a":1}\r\n\r\n   \r\n{"a":2}\r\n\n');
  assert.deepEqual(rows.map(({ value, line }) => [value.a, line]), [[1, 1], [2, 4]]);
});

Deno.test("readJsonLines reads nothing from an empty file", async () => {
  assert.deepEqual(await read(""), []);
});

Deno.test("readJsonLines puts a line together that is longer than a block of the file", async () => {
  const long = "é".repeat(150_000);
  const rows = await read(`{"a":"${long}"}\n{"a":"${long}!"}\n`);
  assert.deepEqual(rows.map(({ value }) => (value.a as string).length), [150_000, 150_001]);
});

Deno.test({
  name: "readJsonLines closes the file when its reader stops early",
  sanitizeResources: true,
  fn: () =>
    withFile('{"a":1}\n{"a":2}\n', async (path) => {
      for await (const { value } of readJsonLines(path)) {
        assert.equal(value.a, 1);
        break;
      }
    }),
});

const faults: readonly [name: string, content: string | Uint8Array, expected: RegExp][] = [
  [
    "a line that is not JSON",
    '{"a":1}\n{"a":}\n',
    /:2": the line is not JSON \(.*\); expected one JSON object a line/,
  ],
  ["a list", '{"a":1}\n\n[1,2]\n', /:3": the line is a list; expected one JSON object a line/],
  ["null", "null", /:1": the line is null;/],
  ["a number", "12", /:1": the line is a number;/],
  ["a document over many lines", '[\n {"a":1}\n]\n', /:1": the file is one JSON document over many lines/],
  [
    "Latin-1",
    new Uint8Array([...new TextEncoder().encode('{"a":1}\n{"a":"'), 0xfc, 0x22, 0x7d]),
    /:2": it has bytes that are not UTF-8/,
  ],
  ["UTF-16", new Uint8Array([0xff, 0xfe, 0x7b, 0x00]), /:1": it is UTF-16; expected text in UTF-8/],
];
for (const [name, content, expected] of faults) {
  Deno.test(`readJsonLines refuses ${name} and names the line`, async () => {
    await rejectedWith(read(content), expected);
  });
}

Deno.test("readJsonLines says that a file is missing or a folder", async () => {
  await rejectedWith(
    Array.fromAsync(readJsonLines("/nowhere/rows.jsonl")),
    /"\/nowhere\/rows.jsonl": there is no such file/,
  );
  await rejectedWith(Array.fromAsync(readJsonLines(import.meta.dirname!)), /it is not a file|directory/);
});
