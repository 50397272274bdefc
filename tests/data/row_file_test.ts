import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import { countRows, type DataRow, readRows, rowFilesIn } from "../../lib/data/mod.ts";
import { jsonLines, rejectedWith, withFolder, zipOf } from "./scratch.ts";

interface Read {
  readonly rows: DataRow[];
  readonly where: string[];
  readonly bytes: number[];
}

/** Reads a file of this name and content; the folder is taken out of what names a place. */
function read(name: string, content: string | Uint8Array, wanted?: ReadonlySet<number>): Promise<Read> {
  return withFolder(async (folder) => {
    const path = `${folder}/${name}`;
    await (typeof content === "string" ? Deno.writeTextFile(path, content) : Deno.writeFile(path, content));
    const found: Read = { rows: [], where: [], bytes: [] };
    for (const file of await rowFilesIn(path)) {
      for await (const { value, where, bytes } of readRows(file, wanted)) {
        found.rows.push(value);
        found.where.push(where.replace(`${folder}/`, ""));
        found.bytes.push(bytes);
      }
    }
    return found;
  });
}

const two = [{ a: 1 }, { a: "x" }];

Deno.test("JSON Lines, a JSON list and JSON Lines under the name .json give the same rows", async () => {
  for (
    const [name, text] of [
      ["r.jsonl", '{"a":1}\n{"a":"x"}\n'],
      ["r.ndjson", '{"a":1}\n{"a":"x"}\n'],
      ["r.json", '[{"a":1},\n {"a":"x"}]'],
      ["s.json", '\n{"a":1}\n{"a":"x"}'],
      ["no-ending", '{"a":1}\n{"a":"x"}\n'],
    ] as const
  ) {
    assert.deepEqual((await read(name, text)).rows, two, name);
  }
});

Deno.test("the elements of a JSON list are cut where they end, whatever their texts hold", async () => {
  const rows = [
    { a: "]},{[" },
    { b: 'quote " and \\', c: [[1], { d: "\n" }] },
    { e: "ü".repeat(400_000) },
    {},
  ];
  assert.deepEqual((await read("r.json", JSON.stringify(rows))).rows, rows);
  assert.deepEqual((await read("r.json", "\ufeff" + JSON.stringify(rows, null, 2))).rows, rows);
  assert.deepEqual((await read("r.json", " [ ] \n")).rows, []);
});

Deno.test("an element of a JSON list is named by the line it begins on", async () => {
  const { where } = await read("r.json", '[\n  {"a":\n 1},\n\n  {"a": 2}\n]\n');
  assert.deepEqual(where, ["r.json:2", "r.json:5"]);
});

const jsonFaults: readonly [text: string, expected: RegExp][] = [
  ['[{"a":1},\n{"a":}]', /r\.json:2": element 2 is not JSON/],
  ['[{"a":1},\n 7]', /r\.json:2": the element is a number; expected a list of JSON objects/],
  ['[{"a":1},\n]', /element 2 is not JSON/],
  ['[{"a":1}\n', /r\.json:2": the list has no end: the file is cut off/],
  ['[{"a":1}] x', /there is more after the end of the list/],
];
for (const [text, expected] of jsonFaults) {
  Deno.test(`a JSON list is refused: ${JSON.stringify(text)}`, async () => {
    await rejectedWith(read("r.json", text), expected);
  });
}

Deno.test("CSV: quoted values keep delimiters, quotes and line breaks; every value is a text", async () => {
  const { rows, where } = await read("r.csv", '\ufeffq, a\r\n"one, ""two""\nthree",4\r\n\r\nü,\r\n');
  assert.deepEqual(rows, [{ q: 'one, "two"\nthree', a: "4" }, { q: "ü", a: "" }]);
  // The first record ends on line 3, line 4 is blank.
  assert.deepEqual(where, ["r.csv:3", "r.csv:5"]);
  assert.deepEqual((await read("r.tsv", "a\tb\n1,5\t2\n")).rows, [{ a: "1,5", b: "2" }]);
});

const csvFaults: readonly [text: string | Uint8Array, expected: RegExp][] = [
  ["a,b\n1,2\n3\n", /r\.csv:3": Invalid Record Length/],
  ["a,a\n1,2\n", /r\.csv:1": the column "a" is there twice/],
  ["a,\n1,2\n", /r\.csv:1": column 2 has no name/],
  ['a\n"x\n', /Quote Not Closed/],
  [new Uint8Array([0x61, 0x0a, 0xfc, 0x0a]), /has bytes that are not UTF-8/],
  [new Uint8Array([0xff, 0xfe, 0x61, 0x00]), /it is UTF-16/],
];
for (const [text, expected] of csvFaults) {
  Deno.test(`CSV is refused: ${JSON.stringify(text)}`, async () => {
    await rejectedWith(read("r.csv", text), expected);
  });
}

Deno.test("plain text: a row for each line in .txt, one for the whole file in .md", async () => {
  const { rows, where } = await read("r.txt", "one\r\n\n  two\n");
  assert.deepEqual(rows, [{ text: "one" }, { text: "  two" }]);
  assert.deepEqual(where, ["r.txt:1", "r.txt:3"]);
  assert.deepEqual((await read("r.md", "# One\n\ntwo\n")).rows, [{ text: "# One\n\ntwo\n" }]);
});

const image = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x00, 0xff]);

/** 250 rows in groups of 100: texts, numbers of 64 bits, lists, and bytes that are no text. */
const groups = () =>
  new Uint8Array(parquetWriteBuffer({
    columnData: [
      { name: "text", data: Array.from({ length: 250 }, (_, i) => `row ${i}`), type: "STRING" },
      { name: "n", data: Array.from({ length: 250 }, (_, i) => BigInt(i)), type: "INT64" },
      { name: "raw", data: Array.from({ length: 250 }, () => image), type: "BYTE_ARRAY" },
      { name: "answers", data: Array.from({ length: 250 }, (_, i) => [`a${i}`, "b"]), type: "JSON" },
    ],
    rowGroupSize: 100,
  }));

Deno.test("Parquet: rows of all groups, numbers as numbers, texts as texts, bytes as bytes, lists as lists", async () => {
  const { rows, where, bytes } = await read("r.parquet", groups());
  assert.equal(rows.length, 250);
  assert.deepEqual(rows[249], { text: "row 249", n: 249, raw: image, answers: ["a249", "b"] });
  assert.equal(where[249], "r.parquet, row 250");
  assert.ok(bytes[99]! < bytes[100]! && bytes[199]! < bytes[200]!, "progress goes by row groups");
});

Deno.test("Parquet: single rows are found in their groups", async () => {
  const { rows } = await read("r.parquet", groups(), new Set([0, 99, 100, 249]));
  assert.deepEqual(rows.map(({ n }) => n), [0, 99, 100, 249]);
});

Deno.test("what is called Parquet and is not, or is cut off, is an error that names the file", async () => {
  await rejectedWith(
    read("r.parquet", "not Parquet at all"),
    /r\.parquet": it is damaged or cut off .*; expected a Parquet file/,
  );
  await rejectedWith(read("r.parquet", groups().slice(0, 3000)), /it is damaged or cut off/);
});

Deno.test("gzip is unpacked as it is read, and progress is that of the packed file", async () => {
  const packed = gzipSync(jsonLines([...two, ...two]));
  const { rows, where, bytes } = await read("r.jsonl.gz", packed);
  assert.deepEqual(rows, [...two, ...two]);
  assert.equal(where[3], "r.jsonl.gz:4");
  assert.equal(bytes[3], packed.length);
  assert.deepEqual((await read("r.csv.gz", gzipSync("a\n1\n"))).rows, [{ a: "1" }]);
});

Deno.test("a gzip file that is cut off is an error, not a short file", async () => {
  const text = jsonLines(Array.from({ length: 5000 }, (_, i) => ({ i, x: Math.sin(i) })));
  await rejectedWith(
    read("r.jsonl.gz", gzipSync(text).slice(0, -4000)),
    /r\.jsonl\.gz": it is damaged or cut off/,
  );
});

Deno.test("a zip archive gives the rows of its members by name, and skips what holds none", async () => {
  const zip = await zipOf({
    "b/two.csv": "a\n2\n",
    "a.jsonl": '{"a":1}\n',
    "picture.png": "png",
    "README.md": "# Read me",
    "__MACOSX/a.jsonl": "x",
  });
  const { rows, where } = await read("r.zip", zip);
  assert.deepEqual(rows, [{ a: 1 }, { a: "2" }]);
  assert.deepEqual(where, ["r.zip:a.jsonl:1", "r.zip:b/two.csv:2"]);
});

Deno.test("a zip archive that is none, or has no rows, is an error that says which", async () => {
  await rejectedWith(read("r.zip", "not a zip"), /r\.zip": it is damaged or cut off/);
  await rejectedWith(read("r.zip", await zipOf({ "a.png": "x" })), /the archive has no file of rows/);
});

Deno.test("countRows counts what readRows reads", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/r.parquet`, groups());
    await Deno.writeTextFile(`${folder}/r.txt`, "a\n\nb\n");
    assert.deepEqual([
      await countRows({ path: `${folder}/r.parquet` }),
      await countRows({ path: `${folder}/r.txt` }),
    ], [250, 2]);
  });
});

Deno.test("a reader that stops early leaves no file open", async () => {
  for (
    const [name, content] of [
      ["r.jsonl", jsonLines(two)],
      ["r.json", JSON.stringify(two)],
      ["r.csv", "a\n1\n2\n"],
      ["r.parquet", groups()],
      ["r.jsonl.gz", gzipSync(jsonLines(two))],
      ["r.zip", await zipOf({ "a.jsonl": jsonLines(two) })],
    ] as const
  ) {
    await withFolder(async (folder) => {
      const path = `${folder}/${name}`;
      await (typeof content === "string" ? Deno.writeTextFile(path, content) : Deno.writeFile(path, content));
      const [file] = await rowFilesIn(path);
      for await (const { value } of readRows(file!)) {
        assert.ok(value, name);
        break;
      }
    });
  }
});
