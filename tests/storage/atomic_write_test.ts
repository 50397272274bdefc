import assert from "node:assert/strict";
import { writeAll, writeAtomic } from "../../lib/storage/mod.ts";

Deno.test("writeAtomic replaces a file and leaves nothing beside it", async () => {
  const root = await Deno.makeTempDir();
  try {
    const path = `${root}/deep/er/file.txt`;
    await writeAtomic(path, "old");
    await writeAtomic(path, "new");
    assert.equal(await Deno.readTextFile(path), "new");
    assert.deepEqual([...Deno.readDirSync(`${root}/deep/er`)].map(({ name }) => name), ["file.txt"]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("writeAtomic that fails keeps the old state and cleans up", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/target/occupied`, { recursive: true });
    await assert.rejects(writeAtomic(`${root}/target`, "text"));
    assert.deepEqual([...Deno.readDirSync(root)].map(({ name }) => name), ["target"]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("writeAll goes on after a short write", async () => {
  const written: number[] = [];
  const bytes = new Uint8Array([1, 2, 3, 4, 5]);
  await writeAll({
    write(part) {
      const n = Math.min(2, part.length);
      written.push(...part.subarray(0, n));
      return Promise.resolve(n);
    },
  }, bytes);
  assert.deepEqual(written, [1, 2, 3, 4, 5]);
});
