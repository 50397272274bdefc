import assert from "node:assert/strict";
import { Scratch } from "../../lib/analyze/scratch_file.ts";

Deno.test("what is laid aside comes back, from memory and from a file that nobody finds", async () => {
  const folder = await Deno.makeTempDir();
  try {
    using scratch = new Scratch(folder);
    const piece = (value: number, size: number) => new Uint8Array(size).fill(value);
    const small = scratch.append(piece(1, 10));
    const next = scratch.append(piece(2, 10));
    const read = (start: number, size: number) => {
      const into = new Uint8Array(size);
      scratch.read(start, into);
      return [...new Set(into)];
    };
    assert.deepEqual([small, next], [0, 10]);
    assert.deepEqual([read(3, 7), read(12, 8)], [[1], [2]]);
    const large = scratch.append(piece(3, 20 << 20)); // more than stays in memory
    const after = scratch.append(piece(4, 5));
    assert.deepEqual([read(0, 10), read(10, 10), read(large, 20 << 20), read(after, 5)], [[1], [2], [3], [
      4,
    ]]);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
