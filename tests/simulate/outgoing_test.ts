import assert from "node:assert/strict";
import { chunk, head, Outgoing } from "../../lib/simulate/outgoing.ts";

const decoder = new TextDecoder();

Deno.test("a head is a status line, headers and a blank line", () => {
  assert.equal(head(404, { a: "1", b: "2" }), "HTTP/1.1 404 Not Found\r\na: 1\r\nb: 2\r\n\r\n");
});

Deno.test("a chunk says its length in bytes, in hexadecimal", () => {
  // Nine letters and the two bytes of é: 11 = b.
  assert.equal(decoder.decode(chunk("hello wor" + "é")), "b\r\nhello woré\r\n");
});

Deno.test("parts of one call are one write, and a write that takes only some is repeated", async () => {
  const writes: string[] = [];
  const outgoing = new Outgoing({
    write(bytes) {
      writes.push(decoder.decode(bytes));
      return Promise.resolve(Math.min(4, bytes.length));
    },
  });
  outgoing.send("abc", "def");
  outgoing.send("g");
  await outgoing.flushed();
  assert.deepEqual(writes, ["abcdef", "ef", "g"]);
  outgoing.send("h");
  await outgoing.flushed();
  assert.deepEqual(writes, ["abcdef", "ef", "g", "h"]);
});

Deno.test("after a failed write nothing more is tried", async () => {
  let calls = 0;
  const outgoing = new Outgoing({
    write() {
      calls++;
      return Promise.reject(new Deno.errors.BrokenPipe());
    },
  });
  outgoing.send("a");
  outgoing.send("b");
  await outgoing.flushed();
  outgoing.send("c");
  assert.deepEqual([calls, outgoing.broken], [1, true]);
});
