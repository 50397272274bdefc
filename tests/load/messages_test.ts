import assert from "node:assert/strict";
import { messagesOf } from "../../lib/load/messages.ts";

Deno.test("messages come out one by one, however the bytes were cut", async () => {
  const bytes = new TextEncoder().encode('{"start":1}\n{"failed":"größe"}\n\n{"stop":true}\n{"torn');
  for (let cut = 0; cut <= bytes.length; cut++) {
    const stream = ReadableStream.from([bytes.slice(0, cut), bytes.slice(cut)]);
    const messages = await Array.fromAsync(messagesOf(stream));
    assert.deepEqual(messages, [{ start: 1 }, { failed: "größe" }, { stop: true }], `cut at ${cut}`);
  }
});
