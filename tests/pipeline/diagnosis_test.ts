import assert from "node:assert/strict";
import {
  codeCellNumber,
  describeFailure,
  extractScript,
  placeOf,
  syntaxErrorOf,
} from "../../lib/pipeline/diagnosis.ts";

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

/** Calls `work` with the path of the notebook above as a file. */
async function asFile(work: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/sample.ipynb`;
    await Deno.writeTextFile(path, JSON.stringify(notebook));
    await work(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a place is the notebook and the code cell as a reader counts them", async () => {
  await asFile(async (path) => {
    assert.equal(await placeOf(path, null), "sample.ipynb");
    assert.equal(await placeOf(path, 3), "sample.ipynb, code cell 2");
  });
});

Deno.test("each way to fail has its sentence", async () => {
  await asFile(async (path) => {
    const failed = {
      event: "failed",
      notebook: "sample",
      cell: 3,
      ename: "TypeError",
      evalue: "no",
      stack: "",
    } as const;
    assert.equal(await describeFailure(failed, path), "sample.ipynb, code cell 2: TypeError: no");
    assert.equal(
      await describeFailure({ event: "died", notebook: "sample", cell: 1 }, path),
      "sample.ipynb, code cell 1: the kernel ended while the cell ran (Deno.exit, a crash, or out of memory)",
    );
    assert.equal(
      await describeFailure({ event: "broken", notebook: "sample", cell: null, reason: "no kernel" }, path),
      "sample.ipynb: no kernel",
    );
  });
});

Deno.test("when the kernel gives no reason the compiler is asked, and if it has none that is said", async () => {
  const failed = {
    event: "failed",
    notebook: "n",
    ename: "Error",
    evalue: "Execution failed",
    stack: "",
  } as const;
  const folder = await Deno.makeTempDir();
  try {
    const sources = ["let a;\nlet b = ;", 'import "lib/nowhere/mod.ts";', "1 + 1;"];
    const cells = sources.map((source) => ({ cell_type: "code", source }));
    await Deno.writeTextFile(`${folder}/n.ipynb`, JSON.stringify({ cells }));
    const told = (cell: number) => describeFailure({ ...failed, cell }, `${folder}/n.ipynb`);
    assert.equal(await told(0), "n.ipynb, code cell 1, line 2: Expression expected");
    assert.match(await told(1), /^n\.ipynb, code cell 2, .*lib\/nowhere\/mod\.ts/);
    assert.equal(await told(2), "n.ipynb, code cell 3: the kernel refused the cell without a reason");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a cell without a trailing line feed and one of many lines keep their own numbers", () => {
  const { origin } = extractScript({
    cells: [{ cell_type: "code", source: "" }, { cell_type: "code", source: "a\nb" }],
  });
  assert.deepEqual(origin.filter(({ line }) => line > 0), [
    { codeCell: 1, line: 1 },
    { codeCell: 2, line: 1 },
    { codeCell: 2, line: 2 },
  ]);
});
