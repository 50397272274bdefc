import assert from "node:assert/strict";
import { join } from "node:path";
import { columnNames, columns, emptyRecord, UserError } from "../../lib/core/mod.ts";
import { buildParquet, openRequests, pl, polarsSchema } from "../../lib/analyze/mod.ts";
import { inRun, journal, record } from "./generated_run.ts";

Deno.test("every column of every record comes back as it was written", async () => {
  const full = record({
    itl_us: [10, 20],
    trusted: true,
    connection_reused: false,
    completion: 'say "hi",\n– ünïcode',
    sent_ms: 5,
    cached_prompt_tokens: 3,
  });
  const bare = { ...emptyRecord(), request_id: "bare" };
  const later = record({ error_message: "only in the last line", itl_us: [] });
  await inRun({ "1-1.jsonl": journal([full, bare]), "1-2.jsonl": journal([later]) }, async (run_dir) => {
    const requests = await openRequests(run_dir);
    assert.deepEqual(requests.toRecords(), [full, bare, later]);
  });
});

Deno.test("columns have the types of the list, also where all is null and where nothing was sent", async () => {
  const expected = Object.entries(polarsSchema(columns)).map(([name, type]) => [name, String(type)]);
  for (const records of [[{ ...emptyRecord(), request_id: "bare" }], []]) {
    await inRun({ "1-1.jsonl": journal(records) }, async (run_dir) => {
      const requests = await openRequests(run_dir);
      assert.equal(requests.height, records.length);
      assert.deepEqual(requests.columns, columnNames);
      assert.deepEqual(
        Object.entries(requests.schema).map(([name, type]) => [name, String(type)]),
        expected,
      );
    });
  }
});

Deno.test("a torn last line and a torn header are left out", async () => {
  const whole = journal([record({ request_id: "a" }), record({ request_id: "b" })]);
  const journals = {
    "1-1.jsonl": whole + JSON.stringify(record({ request_id: "torn" })).slice(0, -20),
    "1-2.jsonl": whole.slice(0, 30),
    "1-3.jsonl": "",
    "1-4.jsonl": journal([record({ request_id: "c" })]),
  };
  await inRun(journals, async (run_dir) => {
    const requests = await openRequests(run_dir);
    assert.deepEqual(requests.getColumn("request_id").toArray(), ["a", "b", "c"]);
  });
});

Deno.test("lines longer than what is read at once are kept whole", async () => {
  const long = "x".repeat(1_500_000);
  const records = [
    record({ completion: long }),
    record({ completion: "short" }),
    record({ completion: long }),
  ];
  await inRun({ "1-1.jsonl": journal(records) }, async (run_dir) => {
    const lengths = (await openRequests(run_dir)).getColumn("completion").toArray().map((text) =>
      String(text).length
    );
    assert.deepEqual(lengths, [1_500_000, 5, 1_500_000]);
  });
});

Deno.test("segments come in their order: 2 before 10", async () => {
  const of = (segment: string) => journal([record({ segment })], segment);
  await inRun({ "10-1.jsonl": of("10"), "2-1.jsonl": of("2") }, async (run_dir) => {
    assert.deepEqual((await openRequests(run_dir)).getColumn("segment").toArray(), ["2", "10"]);
  });
});

Deno.test("the table is built again when a journal changed, and only then", async () => {
  await inRun({ "1-1.jsonl": journal([record()]) }, async (run_dir) => {
    const path = join(run_dir, "requests", "1-1.jsonl");
    await Deno.utime(path, 1_700_000_000, 1_700_000_000);
    const table = await buildParquet(run_dir);
    const first = await Deno.stat(table);
    await buildParquet(run_dir);
    assert.equal((await Deno.stat(table)).ino, first.ino);

    await Deno.writeTextFile(path, JSON.stringify(record()) + "\n", { append: true });
    await Deno.utime(path, 1_700_000_000.001, 1_700_000_000.001);
    assert.equal((await openRequests(run_dir)).height, 2);

    await Deno.remove(table);
    assert.equal((await openRequests(run_dir)).height, 2);
  });
});

Deno.test("nothing but the table is left behind", async () => {
  await inRun({ "1-1.jsonl": journal([record()]) }, async (run_dir) => {
    await buildParquet(run_dir);
    const names = [...Deno.readDirSync(run_dir)].map((entry) => entry.name).sort();
    assert.deepEqual(names, ["requests", "requests.parquet"]);
  });
});

Deno.test("a run without journals names the step that writes them", async () => {
  await inRun({}, async (run_dir) => {
    await assert.rejects(buildParquet(run_dir), (error: Error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /no request journal.*Run step 3_run_inference first\./);
      return true;
    });
  });
});

Deno.test("a damaged line is named, and leaves no table behind", async () => {
  const damaged = journal([record()]) + '{"request_id": oops}\n' + JSON.stringify(record()) + "\n";
  await inRun({ "1-1.jsonl": damaged }, async (run_dir) => {
    await assert.rejects(buildParquet(run_dir), (error: Error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /1-1\.jsonl:3/);
      return true;
    });
    assert.deepEqual([...Deno.readDirSync(run_dir)].map((entry) => entry.name), ["requests"]);
  });
});

Deno.test("counts of the tokenizer fill in what no server said, and nothing else", async () => {
  const uncounted = { completion_tokens: null, token_source: null, tpot_ms: null, output_tokens_per_s: null };
  const said = record({ request_id: "said" });
  const silent = record({ request_id: "silent", ...uncounted, prompt_tokens: null });
  const retried = record({ request_id: "silent", attempt: 2, ...uncounted });
  await inRun({ "1-1.jsonl": journal([said, silent, retried]) }, async (run_dir) => {
    await openRequests(run_dir); // built without counts first: that they came later is noticed
    const count = { prompt_tokens: 41, completion_tokens: 11, token_source: "tokenizer", tpot_ms: 90 };
    const line = { request_id: "silent", attempt: 1, ...count, output_tokens_per_s: 11.1 };
    await Deno.mkdir(join(run_dir, "data"), { recursive: true });
    const path = join(run_dir, "data", "completion_tokens.jsonl");
    await Deno.writeTextFile(
      path,
      [line, { ...line, request_id: "said" }].map((one) => JSON.stringify(one) + "\n").join(""),
    );
    const soon = Date.now() / 1000 + 5;
    await Deno.utime(path, soon, soon);
    const requests = await openRequests(run_dir);
    assert.deepEqual(requests.toRecords(), [
      said,
      { ...silent, ...count, output_tokens_per_s: 11.1 },
      retried,
    ]);
  });
});

/** Seven records in two journals, with lines of very different lengths. */
const spread = () => {
  const text = (i: number) => "é".repeat([3, 1, 900, 0, 40, 2, 300][i]!);
  const records = Array.from({ length: 7 }, (_, i) => record({ request_id: `r${i}`, completion: text(i) }));
  return {
    records,
    journals: { "1-1.jsonl": journal(records.slice(0, 4)), "1-2.jsonl": journal(records.slice(4)) },
  };
};

Deno.test("wherever journals are cut, the parts together are the table, in its order", async () => {
  const { records, journals } = spread();
  for (const bytes of [500, 2000, 2001, 4096, 9000, 1 << 30]) {
    await inRun(journals, async (run_dir) => {
      const table = await buildParquet(run_dir, bytes);
      assert.equal((await Deno.stat(table)).isFile, bytes === 1 << 30);
      assert.deepEqual(pl.scanParquet(table).collectSync().toRecords(), records, `${bytes} bytes`);
    });
  }
});

Deno.test("of a table in parts only those are built again that a change reaches", async () => {
  const { journals } = spread();
  await inRun(journals, async (run_dir) => {
    const [first, second] = Object.keys(journals).map((name) => join(run_dir, "requests", name));
    for (const path of [first!, second!]) await Deno.utime(path, 1_700_000_000, 1_700_000_000);
    const bytes = Deno.statSync(first!).size;
    const table = await buildParquet(run_dir, bytes);
    const states = () =>
      [...Deno.readDirSync(table)].sort((a, b) => a.name < b.name ? -1 : 1)
        .map(({ name }) => {
          const { ino, mtime } = Deno.statSync(join(table, name));
          return [name, ino, mtime?.getTime()] as const;
        });
    const before = states();
    assert.deepEqual(before.map(([name]) => name), ["part-00001.parquet", "part-00002.parquet"]);
    await buildParquet(run_dir, bytes);
    assert.deepEqual(states(), before);

    await Deno.writeTextFile(second!, JSON.stringify(record({ request_id: "new" })) + "\n", { append: true });
    await Deno.utime(second!, 1_700_000_001, 1_700_000_001);
    await buildParquet(run_dir, bytes);
    const after = states();
    assert.deepEqual(after[0], before[0]);
    assert.notDeepEqual(after[1], before[1]);
    assert.equal(pl.scanParquet(table).collectSync().height, 8);

    // Fewer parts than there were, and then one.
    await Deno.remove(second!);
    await buildParquet(run_dir, 1 << 30);
    assert.equal((await Deno.stat(table)).isFile, true);
    assert.equal(pl.scanParquet(table).collectSync().height, 4);
  });
});
