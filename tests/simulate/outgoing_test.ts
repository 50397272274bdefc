import assert from "node:assert/strict";
import { chunk, head, Outgoing } from "../../lib/simulate/outgoing.ts";

const decoder = new TextDecoder();

/** A connection that notes what is done with it, and takes so many bytes of each write. */
function noting(most = Infinity) {
  const notes: string[] = [];
  return {
    notes,
    write(bytes: Uint8Array) {
      notes.push(decoder.decode(bytes));
      return Promise.resolve(Math.min(most, bytes.length));
    },
    close: () => void notes.push("(close)"),
    reset: () => void notes.push("(reset)"),
  };
}

Deno.test("a head is a status line, headers and a blank line", () => {
  assert.equal(head(404, { a: "1", b: "2" }), "HTTP/1.1 404 Not Found\r\na: 1\r\nb: 2\r\n\r\n");
});

Deno.test("a chunk says its length in bytes, in hexadecimal", () => {
  // Nine letters and the two bytes of é: 11 = b.
  assert.equal(decoder.decode(chunk("hello wor" + "é")), "b\r\nhello woré\r\n");
});

Deno.test("parts of one call are one write, and a write that takes only some is repeated", async () => {
  const connection = noting(4);
  const outgoing = new Outgoing(connection);
  outgoing.send("abc", "def");
  outgoing.send("g");
  await outgoing.flushed();
  assert.deepEqual(connection.notes, ["abcdef", "ef", "g"]);
  outgoing.send("h");
  await outgoing.flushed();
  assert.deepEqual(connection.notes, ["abcdef", "ef", "g", "h"]);
});

Deno.test("with nothing under way a write is made before the call returns: its stamp is true", () => {
  const connection = noting();
  new Outgoing(connection).write(new Uint8Array([65]));
  assert.deepEqual(connection.notes, ["A"]);
});

Deno.test("after a failed write nothing more is tried", async () => {
  let calls = 0;
  const outgoing = new Outgoing({
    ...noting(),
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

Deno.test("marks, pauses and the end keep their place in the order", async () => {
  const connection = noting();
  const outgoing = new Outgoing(connection);
  outgoing.send("a");
  outgoing.mark(() => connection.notes.push("(mark)"));
  outgoing.pause(5);
  outgoing.send("b");
  outgoing.end("reset");
  outgoing.send("c");
  assert.deepEqual(connection.notes, ["a"]);
  await outgoing.flushed();
  assert.deepEqual(connection.notes, ["a", "(mark)", "b", "(reset)"]);
  assert.equal(outgoing.broken, true);
});

Deno.test("abandoned it drops what waits, and no pause is waited for", async () => {
  const connection = noting();
  const outgoing = new Outgoing(connection);
  outgoing.pause(60_000);
  outgoing.send("never");
  outgoing.abandon();
  await outgoing.flushed();
  assert.deepEqual(connection.notes, []);
});
