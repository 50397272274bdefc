import assert from "node:assert/strict";
import { type SseEvent, SseScanner } from "../../lib/transport/mod.ts";

function scan(pieces: readonly Uint8Array[]): SseEvent[] {
  const events: SseEvent[] = [];
  const scanner = new SseScanner((event) => events.push(event));
  pieces.forEach((piece, i) => scanner.push(piece, i + 1));
  return events;
}
const bytes = (text: string) => new TextEncoder().encode(text);
const texts = (events: readonly SseEvent[]) => events.map(({ event, data, id }) => ({ event, data, id }));

const plain =
  "\uFEFFdata: one\n\n: a comment\n\nevent: tick\nid: 7\ndata:two\ndata:  three\n\nretry: 5\nevent: lost\n\n" +
  "data\n\ndata: größe 日本 🎉\n\n";
const expected = [
  { event: "message", data: "one", id: null },
  { event: "tick", data: "two\n three", id: "7" },
  { event: "message", data: "", id: "7" },
  { event: "message", data: "größe 日本 🎉", id: "7" },
];

for (const [name, ending] of [["LF", "\n"], ["CRLF", "\r\n"], ["CR", "\r"]] as const) {
  Deno.test(`events with ${name} line ends come out the same wherever the bytes are cut`, () => {
    const stream = bytes(plain.replaceAll("\n", ending));
    assert.deepEqual(texts(scan([stream])), expected);
    for (let cut = 1; cut < stream.length; cut++) {
      const events = scan([stream.subarray(0, cut), stream.subarray(cut)]);
      assert.deepEqual(texts(events), expected, `cut at ${cut}`);
      assert.ok(events.every((event) => !event.repaired));
    }
    assert.deepEqual(texts(scan([...stream].map((byte) => new Uint8Array([byte])))), expected);
  });
}

Deno.test("an event is stamped by the read that completed it, and marked when it shares that read", () => {
  const events = scan(["data: a\n\ndata: b\n\nda", "ta: c\n", "\n", "data: d\n\n"].map(bytes));
  assert.deepEqual(events.map(({ data, at_ms, shared_read }) => [data, at_ms, shared_read]), [
    ["a", 1, false],
    ["b", 1, true],
    ["c", 3, false],
    ["d", 4, false],
  ]);
});

Deno.test("bytes that are no UTF-8 are replaced and the event is marked", () => {
  const stream = new Uint8Array([...bytes("data: a"), 0xff, ...bytes("b\n\ndata: \uFFFD\n\n")]);
  const events = scan([stream]);
  assert.deepEqual(events.map(({ data, repaired }) => [data, repaired]), [["a\uFFFDb", true], [
    "\uFFFD",
    false,
  ]]);
});

Deno.test("an event without its empty line is never given out", () => {
  assert.deepEqual(scan([bytes("data: a\n\ndata: half\n")]).map(({ data }) => data), ["a"]);
});

Deno.test("a line of a megabyte in small pieces comes out whole", () => {
  const line = bytes(`data: ${"x".repeat(1 << 20)}\n\n`);
  const pieces = [];
  for (let i = 0; i < line.length; i += 1000) pieces.push(line.subarray(i, i + 1000));
  assert.equal(scan(pieces)[0]?.data.length, 1 << 20);
});
