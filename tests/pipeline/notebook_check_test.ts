import assert from "node:assert/strict";
import { join } from "node:path";
import { checkNotebooks, showNotebookFault } from "../../lib/pipeline/notebook_check.ts";

/** Writes notebooks of these code cells, each with a Markdown cell first, and checks them. */
async function check(notebooks: Readonly<Record<string, readonly string[]>>) {
  const folder = await Deno.makeTempDir({ prefix: "fmbench-test-" });
  try {
    for (const [name, sources] of Object.entries(notebooks)) {
      const cells = [
        { cell_type: "markdown", source: "# Title" },
        ...sources.map((source) => ({ cell_type: "code", source })),
      ];
      await Deno.mkdir(join(folder, name, ".."), { recursive: true });
      await Deno.writeTextFile(join(folder, name), JSON.stringify({ cells }));
    }
    const faults = await checkNotebooks(Object.keys(notebooks).map((name) => join(folder, name)));
    const left = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.startsWith("."));
    assert.deepEqual(left, [], "scripts are left behind");
    return faults.map((fault) => ({ ...fault, notebook: fault.notebook.slice(folder.length + 1) }));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("notebooks that are right have no fault; names of one may stand in the other", async () => {
  assert.deepEqual(
    await check({ "a.ipynb": ["const x: number = 1;\nx;"], "b.ipynb": ["const x = 'a';\nx;"] }),
    [],
  );
});

Deno.test("a type error is found at notebook, code cell and line", async () => {
  const faults = await check({ "a.ipynb": ["const x = 1;", "x;\n\nconst y: string = x;\ny;"] });
  assert.deepEqual(faults.map(showNotebookFault), [
    "a.ipynb, code cell 2, line 3: Type 'number' is not assignable to type 'string'.",
  ]);
});

Deno.test("every type error is found, in every notebook", async () => {
  const faults = await check({
    "a.ipynb": ["const x: string = 1;\nconst y: string = 2;\nx + y;"],
    "b.ipynb": ["await nothing();"],
  });
  assert.deepEqual(faults.map(({ notebook, at }) => [notebook, at?.codeCell, at?.line]), [
    ["a.ipynb", 1, 1],
    ["a.ipynb", 1, 2],
    ["b.ipynb", 1, 1],
  ]);
});

Deno.test("a syntax error is found at its place", async () => {
  const [fault] = await check({ "a.ipynb": ["const a = 1;", "const b = ;"] });
  assert.deepEqual([fault?.notebook, fault?.at], ["a.ipynb", { codeCell: 2, line: 1 }]);
});

Deno.test("notebooks of one name in two folders, and names with blanks and brackets, are told apart", async () => {
  const faults = await check({
    "one/my (copy) ä+.ipynb": ["const x: string = 1;\nx;"],
    "two/my (copy) ä+.ipynb": ["const x = 1;", "const y: string = x;\ny;"],
  });
  assert.deepEqual(faults.map(({ notebook, at }) => [notebook, at?.codeCell]), [
    ["one/my (copy) ä+.ipynb", 1],
    ["two/my (copy) ä+.ipynb", 2],
  ]);
});

Deno.test("an import of nothing is a fault", async () => {
  const faults = await check({ "a.ipynb": ['import { x } from "./nowhere.ts";\nx;'] });
  assert.equal(faults.length, 1);
  assert.match(faults[0]!.message, /nowhere\.ts/);
});
