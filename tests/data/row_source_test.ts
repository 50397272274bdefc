import assert from "node:assert/strict";
import { parquetWriteBuffer } from "hyparquet-writer";
import { openSource, rowsIn, type SourceOptions } from "../../lib/data/mod.ts";
import { type HubServer, withHub } from "./hub_server.ts";
import { jsonLines, withFolder } from "./scratch.ts";

const numbers = (from: number, to: number) =>
  new Uint8Array(parquetWriteBuffer({
    columnData: [
      { name: "n", data: Array.from({ length: to - from }, (_, i) => from + i), type: "INT32" },
      {
        name: "image",
        data: Array.from({ length: to - from }, (_, i) => i % 2 === 0 ? "89504e470d0a" : ""),
        type: "STRING",
      },
    ],
    rowGroupSize: 50,
  }));

/** Calls `work` with what reads rows of `hf:org/set`: 300 numbers in two files. */
async function withNumbers(
  work: (
    read: (options: SourceOptions) => Promise<{ ns: number[]; where: string[]; notices: readonly string[] }>,
    hub: HubServer,
  ) => Promise<void>,
): Promise<void> {
  const set = { parquet: { default: { train: [numbers(0, 100), numbers(100, 300)] } } };
  await withFolder((folder) =>
    withHub({ "org/set": set }, (hub) =>
      work(async (options) => {
        const source = await openSource("hf:org/set", {
          ...options,
          hub: { endpoint: hub.endpoint, cache_dir: `${folder}/cache`, env: { HOME: folder } },
        });
        const ns: number[] = [];
        const places: string[] = [];
        for await (const { value, where } of rowsIn(source)) {
          ns.push(value["n"] as number);
          places.push(where);
        }
        return { ns, where: places, notices: source.notices };
      }, hub))
  );
}

Deno.test("rows are drawn over all files of a set, by the seed, and keep their order", async () => {
  await withNumbers(async (read) => {
    const { ns, notices } = await read({ sample_rows: 30, seed: 1 });
    assert.equal(new Set(ns).size, 30);
    assert.deepEqual(ns, ns.toSorted((a, b) => a - b));
    assert.ok(ns[0]! < 100 && ns.at(-1)! >= 250, `not only the first rows: ${ns}`);
    assert.deepEqual((await read({ sample_rows: 30, seed: 1 })).ns, ns);
    assert.notDeepEqual((await read({ sample_rows: 30, seed: 2 })).ns, ns);
    assert.deepEqual(notices, ["hf:org/set: 30 of 300 rows, drawn by the seed (datasets.ds_N)."]);
  });
});

Deno.test("a hundred rows are drawn by default; a set with fewer than asked for is read whole", async () => {
  await withNumbers(async (read) => {
    assert.equal((await read({})).ns.length, 100);
    const whole = await read({ sample_rows: 1000 });
    assert.deepEqual(whole.ns, Array.from({ length: 300 }, (_, i) => i));
    assert.deepEqual(whole.notices, []);
  });
});

Deno.test("with a column of images only rows that have one are drawn", async () => {
  await withNumbers(async (read) => {
    const { ns, notices } = await read({ sample_rows: 20, image_col: "image" });
    assert.equal(ns.length, 20);
    assert.ok(ns.every((n) => n % 2 === 0), String(ns));
    assert.deepEqual(notices, [
      "hf:org/set: 20 of 150 rows that have an image, drawn by the seed (datasets.ds_N).",
    ]);
  });
});

Deno.test("a row of the Hub is named by its data set, not by a path in the cache", async () => {
  await withNumbers(async (read) => {
    assert.equal((await read({ sample_rows: 300 })).where[299], "hf:org/set, row 200");
  });
});

Deno.test("a file's rows are all read, whatever sample_rows says", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/r.jsonl`, jsonLines([{ n: 1 }, { n: 2 }, { n: 3 }]));
    const source = await openSource(`${folder}/r.jsonl`, { sample_rows: 2 });
    const rows = await Array.fromAsync(rowsIn(source));
    assert.deepEqual(rows.map(({ value }) => value["n"]), [1, 2, 3]);
    // Three lines of 8 bytes.
    assert.deepEqual([source.bytes, rows.at(-1)!.bytes], [24, 24]);
  });
});
