import assert from "node:assert/strict";
import { codeCellNumber, extractScript, syntaxErrorOf } from "../../lib/pipeline/diagnosis.ts";

const notebook = {
  cells: [
    { cell_type: "markdown", source: "# Title" },
    { cell_type: "code", source: ["const a = 1;\n", "const b = 2;"] },
    { cell_type: "markdown", source: "text" },
    { cell_type: "code", source: "console.log(a + b);" },
  ],
};

Deno.test("the code cells become one script whose lines know their cell", () => {
  const { script, origin } = extractScript(notebook);
  const lines = script.split("\n");
  assert.equal(lines[1], "const b = 2;");
  assert.deepEqual(origin[1], { codeCell: 1, line: 2 });
  const log = lines.indexOf("console.log(a + b);");
  assert.deepEqual(origin[log], { codeCell: 2, line: 1 });
});

Deno.test("cells are counted as a reader counts them: code cells from 1", () => {
  assert.equal(codeCellNumber(notebook, 1), 1);
  assert.equal(codeCellNumber(notebook, 3), 2);
});

Deno.test("a syntax error is told with its line, and a cell that parses has none", async () => {
  assert.equal(await syntaxErrorOf("console.log(1);\nconst x = ;\n"), "line 2: Expression expected");
  assert.equal(await syntaxErrorOf("const x: number = await nothing();"), null);
});
