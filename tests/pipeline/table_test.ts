import assert from "node:assert/strict";
import { factsTable, table } from "../../lib/pipeline/table.ts";

/** Cells of each line, without the blanks that align them. */
const cellsOf = (markdown: string) =>
  markdown.split("\n").map((line) => line.slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim()));

Deno.test("whole numbers are shown in full, others with three digits, null as a dash", () => {
  const [header, , row] = cellsOf(table(["a", "b", "c"], [[12345678, 1.2345, null]]));
  assert.deepEqual(header, ["a", "b", "c"]);
  assert.deepEqual(row, ["12,345,678", "1.23", "–"]);
});

Deno.test("columns of figures stand to the right, a column with one text to the left", () => {
  const [, line] = cellsOf(
    table(["n", "took", "mixed", "text"], [[1, "2.5 s", 2, "x"], [null, "–", "y", "z"]]),
  );
  assert.deepEqual(line!.map((dashes) => [dashes.startsWith(":"), dashes.endsWith(":")]), [
    [false, true],
    [false, true],
    [true, false],
    [true, false],
  ]);
});

Deno.test("nothing in a text can leave its cell or become markup", () => {
  const rows = cellsOf(table(["x", "y"], [["a|b\n| c | d |", "<img src=x> [l](u) `q` *e*"]]));
  assert.equal(rows.length, 3);
  assert.deepEqual(rows[2], [
    "a\\|b \\| c \\| d \\|",
    "&lt;img src=x&gt; \\[l\\]\\(u\\) \\`q\\` \\*e\\*",
  ]);
});

Deno.test("a table without rows has its header", () => {
  assert.deepEqual(cellsOf(table(["a", "b"], [])).at(0), ["a", "b"]);
  assert.equal(table(["a", "b"], []).split("\n").length, 2);
});

Deno.test("facts are escaped on both sides", () => {
  assert.deepEqual(cellsOf(factsTable([["a|b", "<c>"], ["n", 2.5]])).slice(2), [
    ["a\\|b", "&lt;c&gt;"],
    ["n", "2.5"],
  ]);
});
