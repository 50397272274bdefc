import assert from "node:assert/strict";
import { parseJsonLines, readJsonLines, toJsonLines, writeJsonLines } from "../../lib/storage/mod.ts";

Deno.test("values survive the way to JSON Lines and back, line breaks included", async () => {
  const root = await Deno.makeTempDir();
  try {
    const values = [{ a: 1 }, "two\nlines", null, [3]];
    await writeJsonLines(`${root}/v.jsonl`, values);
    assert.equal(await Deno.readTextFile(`${root}/v.jsonl`), '{"a":1}\n"two\\nlines"\nnull\n[3]\n');
    assert.deepEqual(await readJsonLines(`${root}/v.jsonl`), values);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("blank lines and CRLF are read over", () => {
  assert.deepEqual(parseJsonLines("1\r\n\n2\n", "x"), [1, 2]);
  assert.equal(toJsonLines([]), "");
});

Deno.test("a bad line is named by file and number", () => {
  assert.throws(() => parseJsonLines("1\n{\n", "data.jsonl"), /^UserError: Cannot read "data\.jsonl:2": /);
});

Deno.test("a missing file is a message that names it", async () => {
  await assert.rejects(readJsonLines("/nowhere/x.jsonl"), /Cannot read "\/nowhere\/x\.jsonl"/);
});
