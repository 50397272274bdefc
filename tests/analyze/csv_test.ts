import assert from "node:assert/strict";
import { join } from "node:path";
import { type ColumnSpec, frameOf, writeCsv, writeCsvSlices } from "../../lib/analyze/mod.ts";

const text: ColumnSpec = { kind: "text", unit: "", doc: "" };
const float: ColumnSpec = { kind: "float", unit: "", doc: "" };

async function csvOf(rows: readonly object[], specs: Record<string, ColumnSpec>): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "table.csv");
    await writeCsv(path, frameOf(rows, specs));
    return await Deno.readTextFile(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("what a spreadsheet would run gets an apostrophe", async () => {
  const answers = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "1=1", "plain", "", null];
  const csv = await csvOf(answers.map((answer) => ({ answer })), { answer: text });
  assert.equal(csv, "answer\n'=1+1\n'+1\n'-1\n'@SUM(A1)\n'\t=1\n'＝1\n1=1\nplain\n\"\"\n\n");
});

Deno.test("the name of a column is made harmless, too, and quoted where it has a comma", async () => {
  assert.equal(
    await csvOf([{ "=a()": "x", "b,c": "y" }], { "=a()": text, "b,c": text }),
    '\'=a(),"b,c"\nx,y\n',
  );
});

Deno.test("negative numbers stay numbers, and null is empty", async () => {
  assert.equal(
    await csvOf([{ x: -1.5, name: "a" }, { x: null, name: null }], { x: float, name: text }),
    "x,name\n-1.5,a\n,\n",
  );
});

Deno.test("quotes, commas and line breaks are kept", async () => {
  const csv = await csvOf([{ answer: 'a "b", c\nd' }, { answer: "\n=1" }], { answer: text });
  assert.equal(csv, 'answer\n"a ""b"", c\nd"\n"\'\n=1"\n');
});

Deno.test("a table without rows has its header", async () => {
  assert.equal(await csvOf([], { a: text, b: float }), "a,b\n");
});

Deno.test("slices make one table with one header", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "table.csv");
    await writeCsvSlices(path, ["=1", "b"].values().map((a) => frameOf([{ a }], { a: text })));
    assert.equal(await Deno.readTextFile(path), "a\n'=1\nb\n");
    assert.deepEqual((await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name), ["table.csv"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
