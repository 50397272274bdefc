/** The rules that keep notebooks readable; their types are checked by `deno task test` itself. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { stepNames, studyStep } from "../lib/core/mod.ts";
import { checkNotebooks, showNotebookFault } from "../lib/pipeline/notebook_check.ts";
import { projectRoot } from "../lib/pipeline/project.ts";

interface Cell {
  readonly cell_type: "code" | "markdown";
  readonly source: string[];
  readonly outputs?: unknown[];
  readonly execution_count?: number | null;
  readonly metadata: Record<string, unknown>;
}
interface Notebook {
  readonly cells: Cell[];
  readonly metadata: { kernelspec: { name: string }; language_info: { version?: string } };
}

const folder = join(projectRoot, "notebooks");

async function shipped(): Promise<Map<string, Notebook>> {
  const found = new Map<string, Notebook>();
  for (const place of [".", "studies"]) {
    for await (const { name } of Deno.readDir(join(folder, place))) {
      if (!name.endsWith(".ipynb")) continue;
      found.set(name, JSON.parse(await Deno.readTextFile(join(folder, place, name))));
    }
  }
  return found;
}

const code = (notebook: Notebook) => notebook.cells.filter(({ cell_type }) => cell_type === "code");
const text = (cell: Cell) => cell.source.join("");

Deno.test("all seven notebooks are there", async () => {
  const names = [...(await shipped()).keys()];
  for (const step of stepNames) assert.ok(names.includes(`${step}.ipynb`), step);
});

Deno.test("notebooks are committed without outputs, counts and traces of an execution", async () => {
  for (const [name, notebook] of await shipped()) {
    assert.equal(notebook.metadata.kernelspec.name, "deno", name);
    assert.equal(notebook.metadata.language_info.version, undefined, name);
    for (const cell of notebook.cells) {
      assert.ok(["{}", '{"tags":["report-hide"]}'].includes(JSON.stringify(cell.metadata)), name);
      if (cell.cell_type !== "code") continue;
      assert.deepEqual(cell.outputs, [], name);
      assert.equal(cell.execution_count, null, name);
    }
  }
});

Deno.test("the first cell says what the step reads, writes and costs", async () => {
  for (const [name, notebook] of await shipped()) {
    const first = text(notebook.cells[0]!);
    for (const word of ["reads", "writes", "costs"]) {
      assert.match(first, new RegExp(`^\\| ${word} +\\|`, "m"), name);
    }
  }
});

Deno.test("a cell calls lib/: no function, class, loop or try, at most 15 lines", async () => {
  for (const [name, notebook] of await shipped()) {
    for (const cell of code(notebook)) {
      const bare = text(cell).replace(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, '""');
      assert.doesNotMatch(bare, /\b(function|class|for|while|try)\b/, `${name}: ${text(cell)}`);
      assert.ok(cell.source.length <= 15, `${name}: ${cell.source.length} lines`);
    }
  }
});

Deno.test("a notebook has at most 8 code cells; only an analysis has one for each table and chart", async () => {
  for (const [name, notebook] of await shipped()) {
    if (name.startsWith("5_") || name === `${studyStep}.ipynb`) continue;
    assert.ok(code(notebook).length <= 8, `${name}: ${code(notebook).length}`);
  }
});

Deno.test("imports stand in the first code cell, and names are unique over the notebook", async () => {
  for (const [name, notebook] of await shipped()) {
    const [first, ...rest] = code(notebook);
    assert.match(text(first!), /^import /, name);
    for (const cell of rest) assert.doesNotMatch(text(cell), /^import /m, name);
    const names = code(notebook).flatMap((cell) =>
      [...text(cell).matchAll(/^(?:const|let|var) (\w+)/gm)].map(([, found]) => found)
    );
    assert.equal(new Set(names).size, names.length, `${name}: ${names.join(", ")}`);
  }
});

Deno.test("the last cell finishes the step", async () => {
  for (const [name, notebook] of await shipped()) {
    if (![...stepNames, studyStep].some((step) => name === `${step}.ipynb`)) continue;
    assert.match(text(code(notebook).at(-1)!), /await step\.finish\(\);\s*$/, name);
  }
});

Deno.test("a type error in a notebook is named by cell and line", async () => {
  const dir = await Deno.makeTempDir({ dir: folder, prefix: ".test-" });
  try {
    const file = join(dir, "wrong.ipynb");
    const cell = (source: string) => ({ cell_type: "code", source: [source] });
    await Deno.writeTextFile(
      file,
      JSON.stringify({
        cells: [cell("const a = 1;"), cell("const b = 2;\nconst c: string = a;\nconsole.log(b, c);")],
      }),
    );
    const faults = await checkNotebooks([file]);
    assert.equal(faults.length, 1);
    assert.match(showNotebookFault(faults[0]!), /wrong\.ipynb, code cell 2, line 2: .*number.*string/);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
