import assert from "node:assert/strict";
import { columnNames, emptyRecord } from "../../lib/core/mod.ts";
import { type JournalHeader, openJournal, readJournal } from "../../lib/storage/mod.ts";

const header: JournalHeader = {
  schema: "fmbench.journal/1",
  segment: "s1",
  worker: "w0",
  clock: "user",
  origin_mono_ns: "1795326139926337400",
  origin_at: "2026-11-22T05:42:19.926Z",
};
const record = (request_id: string) => ({ ...emptyRecord(), request_id, attempt: 1, itl_us: [5, 7] });

async function withPath(body: (path: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await body(`${root}/requests/s1-w0.jsonl`);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("a closed journal gives back its header and its records, every column kept", () =>
  withPath(async (path) => {
    const journal = await openJournal(path, header);
    for (let i = 0; i < 40; i++) journal.append(i % 2 ? record(`r${i}`) : () => record(`r${i}`));
    await journal.close();
    const content = await readJournal(path);
    assert.deepEqual(content.header, header);
    assert.deepEqual(content.records.map((r) => r.request_id), Array.from({ length: 40 }, (_, i) => `r${i}`));
    assert.deepEqual(Object.keys(content.records[0]!), [...columnNames]);
    assert.equal(content.torn_bytes, 0);
  }));

Deno.test("the header is on the disk before the first record, and a record without close after a flush", () =>
  withPath(async (path) => {
    const journal = await openJournal(path, header, { interval_ms: 60_000 });
    assert.deepEqual(await readJournal(path), { header, records: [], torn_bytes: 0 });
    let built = 0;
    journal.append(() => (built++, record("a")));
    assert.equal(built, 0, "a record is built at the flush, not at the append");
    await journal.flush();
    assert.equal((await readJournal(path)).records.length, 1);
    await journal.close();
    assert.equal(built, 1);
  }));

Deno.test("records reach the disk by themselves within the interval", () =>
  withPath(async (path) => {
    const journal = await openJournal(path, header, { interval_ms: 5 });
    journal.append(record("a"));
    const until = performance.now() + 5000;
    while ((await readJournal(path)).records.length === 0 && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.equal((await readJournal(path)).records.length, 1);
    await journal.close();
  }));

Deno.test("a journal cut at any byte gives its whole lines and the size of the torn one", () =>
  withPath(async (path) => {
    const journal = await openJournal(path, header);
    journal.append(record("größe"));
    journal.append(record("b"));
    await journal.close();
    const bytes = await Deno.readFile(path);
    const ends = [...bytes.entries()].filter(([, byte]) => byte === 10).map(([i]) => i + 1);
    assert.equal(ends.length, 3);
    for (let cut = 0; cut <= bytes.length; cut++) {
      await Deno.writeFile(path, bytes.subarray(0, cut));
      const content = await readJournal(path);
      const whole = ends.filter((end) => end <= cut);
      assert.equal(content.records.length, Math.max(0, whole.length - 1));
      assert.equal(content.header === null, whole.length === 0);
      assert.equal(content.torn_bytes, cut - (whole.at(-1) ?? 0));
    }
  }));

Deno.test("damage before the last line is an error that names the line", () =>
  withPath(async (path) => {
    await (await openJournal(path, header)).close();
    await Deno.writeTextFile(path, '{"request_id":\n{}\n', { append: true });
    await assert.rejects(readJournal(path), /s1-w0\.jsonl:2": .*Only the last line/);
  }));

Deno.test("a journal is never continued or overwritten", () =>
  withPath(async (path) => {
    await (await openJournal(path, header)).close();
    await assert.rejects(openJournal(path, header), /Cannot start the journal .*it exists already/);
  }));
