import assert from "node:assert/strict";
import { JsonLinesScanner, type TextLine } from "../../lib/predict/mod.ts";

/** What comes out of these reads, stamped 1, 2, 3, ... */
function scan(pieces: readonly Uint8Array[]): TextLine[] {
  const lines: TextLine[] = [];
  const scanner = new JsonLinesScanner((line) => lines.push(line));
  pieces.forEach((piece, i) => scanner.push(piece, i + 1));
  scanner.end();
  return lines;
}
const bytes = (text: string) => new TextEncoder().encode(text);
const texts = (lines: readonly TextLine[]) => lines.map(({ text }) => text);

for (const [name, ending] of [["LF", "\n"], ["CRLF", "\r\n"]] as const) {
  Deno.test(`lines with ${name} ends come out the same wherever the bytes are cut, the last one without an end`, () => {
    const stream = bytes(`\uFEFF{"a":1}\n\n  \n{"b":"größe 日本 🎉"}\n{"c":3}`.replaceAll("\n", ending));
    const expected = ['{"a":1}', '{"b":"größe 日本 🎉"}', '{"c":3}'];
    for (let cut = 0; cut <= stream.length; cut++) {
      assert.deepEqual(
        texts(scan([stream.subarray(0, cut), stream.subarray(cut)])),
        expected,
        `cut at ${cut}`,
      );
    }
    assert.deepEqual(texts(scan([...stream].map((byte) => new Uint8Array([byte])))), expected);
  });
}

Deno.test("a line is stamped by the read that brought its last byte, not by a line feed that comes later", () => {
  const lines = scan(["one\ntwo\nth", "ree", "\nfour\r", "\nfi", "ve"].map(bytes));
  assert.deepEqual(lines.map(({ text, at_ms }) => [text, at_ms]), [
    ["one", 1],
    ["two", 1],
    ["three", 2],
    ["four", 3],
    ["five", 5],
  ]);
});

Deno.test("bytes that are no UTF-8 are replaced, also by the end of the stream", () => {
  assert.deepEqual(texts(scan([new Uint8Array([0x61, 0xff, 0x62, 0x0a, 0x63, 0xc3])])), [
    "a\uFFFDb",
    "c\uFFFD",
  ]);
});

Deno.test("a line of a megabyte in small pieces comes out whole", () => {
  const line = bytes("x".repeat(1 << 20) + "\n");
  const pieces = [];
  for (let i = 0; i < line.length; i += 1000) pieces.push(line.subarray(i, i + 1000));
  assert.equal(scan(pieces)[0]?.text.length, 1 << 20);
});
