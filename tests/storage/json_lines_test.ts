import assert from "node:assert/strict";
import {
  eachJsonLine,
  parseJsonLines,
  readJsonLines,
  toJsonLines,
  writeJsonLines,
} from "../../lib/storage/mod.ts";

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

Deno.test("eachJsonLine gives what readJsonLines gives, also of lines longer than a block and without an end", async () => {
  const root = await Deno.makeTempDir();
  try {
    const values = [{ a: "ü".repeat(100_000) }, { b: [1, null] }, "x", { c: "é".repeat(70_000) }];
    const path = `${root}/v.jsonl`;
    await Deno.writeTextFile(path, "\n" + values.map((value) => JSON.stringify(value)).join("\n\n"));
    assert.deepEqual(await Array.fromAsync(eachJsonLine(path)), values);
    await Deno.writeTextFile(path, "{}\n\n{\n");
    await assert.rejects(
      Array.fromAsync(eachJsonLine(path)),
      /v\.jsonl:3": .*expected one JSON value a line/,
    );
    await assert.rejects(
      Array.fromAsync(eachJsonLine("/nowhere/x.jsonl")),
      /Cannot read "\/nowhere\/x\.jsonl"/,
    );
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
