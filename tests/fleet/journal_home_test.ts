import assert from "node:assert/strict";
import { distrust } from "../../lib/fleet/distrust.ts";
import { padHeader, writeIntoHeader } from "../../lib/fleet/padded_header.ts";
import { readJournal } from "../../lib/storage/mod.ts";

const header = { schema: "fmbench.journal/1", segment: "s1", worker: "w0" };
const rows = [
  { request_id: "a", trusted: true, completion: '"trusted":true' },
  { request_id: "b", trusted: null, completion: null },
];
const text = [header, ...rows].map((line) => JSON.stringify(line) + "\n").join("");

async function inFile(body: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, padHeader(new TextEncoder().encode(text), 256));
    await body(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("a header gets room and what is found out later, and no row moves", () =>
  inFile(async (path) => {
    const before = await Deno.readTextFile(path);
    assert.equal(before.indexOf("\n"), 255);
    assert.equal(await writeIntoHeader(path, { clock_offsets: [1, 2] }), true);
    assert.equal(await writeIntoHeader(path, { clock_offsets: [1, 2, 3] }), true);
    const after = await Deno.readTextFile(path);
    assert.equal(after.slice(256), before.slice(256));
    const journal = await readJournal(path);
    assert.deepEqual(journal.header, { ...header, clock_offsets: [1, 2, 3] });
    assert.equal(journal.records.length, 2);
    assert.equal(await writeIntoHeader(path, { note: "x".repeat(300) }), false);
    assert.equal(await Deno.readTextFile(path), after);
  }));

Deno.test("a header that is long enough stays as it is", () => {
  const bytes = new TextEncoder().encode(text);
  assert.deepEqual(padHeader(bytes, 10), bytes);
});

Deno.test("a journal that is not trusted says so in every row, once and for all, and nowhere else", () =>
  inFile(async (path) => {
    await distrust(path);
    await distrust(path);
    const { records, header: kept } = await readJournal(path);
    assert.deepEqual(records as unknown, rows.map((row) => ({ ...row, trusted: false })));
    assert.deepEqual(kept, header);
  }));
