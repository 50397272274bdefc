import assert from "node:assert/strict";
import { openLineLog } from "../../lib/storage/mod.ts";

async function inFile(body: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(`${folder}/a/log.jsonl`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a log goes on where it was", () =>
  inFile(async (path) => {
    const first = await openLineLog<number>(path);
    assert.deepEqual(first.earlier, []);
    await Promise.all([first.append(1), first.append(2)]);
    assert.equal(await Deno.readTextFile(path), "1\n2\n", "a line outlives the process once it is appended");
    await first.close();
    const second = await openLineLog<number>(path);
    assert.deepEqual([second.earlier, second.torn_bytes], [[1, 2], 0]);
    await second.append(3);
    await second.close();
    assert.equal(await Deno.readTextFile(path), "1\n2\n3\n");
  }));

Deno.test("a torn last line is taken away before the next one is written", () =>
  inFile(async (path) => {
    await (await openLineLog<unknown>(path)).close();
    await Deno.writeTextFile(path, '{"a":1}\n{"a":');
    const log = await openLineLog<unknown>(path);
    assert.deepEqual([log.earlier, log.torn_bytes], [[{ a: 1 }], 5]);
    await log.append({ a: 2 });
    await log.close();
    assert.equal(await Deno.readTextFile(path), '{"a":1}\n{"a":2}\n');
  }));

Deno.test("a damaged line before the last is the user's to know, with its number", () =>
  inFile(async (path) => {
    await (await openLineLog<unknown>(path)).close();
    await Deno.writeTextFile(path, "1\n{\n3\n");
    await assert.rejects(openLineLog(path), /log\.jsonl:2/);
  }));

Deno.test("syncs that wait together are one, and each covers what was appended before it", () =>
  inFile(async (path) => {
    const log = await openLineLog<number>(path);
    const all = Array.from({ length: 50 }, async (_, i) => {
      await log.append(i);
      await log.sync();
    });
    await Promise.all(all);
    await log.close();
    assert.equal((await Deno.readTextFile(path)).split("\n").length, 51);
  }));
