import assert from "node:assert/strict";
import { messageLine, messagesOf } from "../../lib/core/mod.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

Deno.test("messages come out one by one, however the bytes were cut", async () => {
  const bytes = bytesOf('{"start":1}\n{"failed":"größe"}\n\n{"stop":true}\n{"torn');
  for (let cut = 0; cut <= bytes.length; cut++) {
    const stream = ReadableStream.from([bytes.slice(0, cut), bytes.slice(cut)]);
    const messages = await Array.fromAsync(messagesOf(stream));
    assert.deepEqual(messages, [{ start: 1 }, { failed: "größe" }, { stop: true }], `cut at ${cut}`);
  }
});

Deno.test("what is no message is passed over, also a line that never ends", async () => {
  const parts = ["hello\n7\nnull\n", '{"a":', "x".repeat(30), "x".repeat(30), '"}\n', '{"b":1}\n'];
  const stream = ReadableStream.from(parts.map(bytesOf));
  assert.deepEqual(await Array.fromAsync(messagesOf(stream, 40)), [{ b: 1 }]);
});

Deno.test("a message begins a line of its own, behind half a line of somebody else", async () => {
  const stream = ReadableStream.from([
    bytesOf("half a line"),
    messageLine({ a: 1 }),
    messageLine({ b: "\n" }),
  ]);
  assert.deepEqual(await Array.fromAsync(messagesOf(stream)), [{ a: 1 }, { b: "\n" }]);
});
