import assert from "node:assert/strict";
import { chunk } from "../../lib/simulate/outgoing.ts";
import { TokenFrames } from "../../lib/simulate/token_frames.ts";

const decoder = new TextDecoder();

Deno.test("a frame is what stands around, the token as JSON, and the chunk's size in bytes", () => {
  const around = { prefix: "ab<", suffix: ">c" };
  // ab< and "é\n" with its quotes (2 + 2 + 2 bytes) and >c: 3 + 6 + 2 = 11 = b.
  assert.equal(decoder.decode(new TokenFrames(around, true).frame("é\n")), 'b\r\nab<"é\\n">c\r\n');
  assert.equal(decoder.decode(new TokenFrames(around, false).frame("é\n")), 'ab<"é\\n">c');
});

Deno.test("frames of any size are framed like chunks, and earlier ones stay as they are", () => {
  const frames = new TokenFrames({ prefix: "", suffix: "" }, true);
  const sizes = [0, 13, 14, 253, 254, 4093, 4094, 70_000, 1];
  const made = sizes.map((size) => frames.frame("x".repeat(size)));
  sizes.forEach((size, i) => {
    const expected = decoder.decode(chunk(JSON.stringify("x".repeat(size))));
    assert.equal(decoder.decode(made[i]), expected, `size ${size}`);
  });
});
