/** The notebook for a user's own data, executed as the runner executes notebooks. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { type NotebookEvent, NotebookSession } from "../../lib/pipeline/nbconvert/session.ts";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { ensureJupyter } from "../../lib/pipeline/python.ts";
import { executedCells, outputText } from "./command.ts";

Deno.test("the notebook turns a CSV into JSON Lines and gives the lines of YAML that name it", async () => {
  // A kernel finds lib/ through the deno.json above its notebook.
  await Deno.mkdir(join(projectRoot, "results"), { recursive: true });
  const folder = await Deno.makeTempDir({ dir: join(projectRoot, "results"), prefix: "fmbench-test-" });
  try {
    const csv = join(folder, "rows.csv");
    await Deno.writeTextFile(
      csv,
      'question,text,label\nWho?,"Ada, of course",Ada\nWhere?,On the quay,"the ""quay"""\n',
    );
    const shipped = JSON.parse(
      await Deno.readTextFile(join(projectRoot, "notebooks", "bring_your_own_dataset.ipynb")),
    ) as { cells: { cell_type: string; source: string[] }[] };
    const first = shipped.cells.find(({ cell_type }) => cell_type === "code")!;
    const imports = first.source.filter((line) => line.startsWith("import "));
    const options = {
      source: csv,
      file: "mine.jsonl",
      rename: { question: "input", text: "context", label: "answers" },
      folder,
    };
    first.source = [...imports, `const options: OwnDatasetOptions = ${JSON.stringify(options)};`];
    const notebook = join(folder, "mine.ipynb");
    await Deno.writeTextFile(notebook, JSON.stringify(shipped));

    const evidence = join(folder, "notebooks");
    await Deno.mkdir(evidence);
    const stderr: string[] = [];
    const session = new NotebookSession({
      jupyter: await ensureJupyter("run", console.error),
      notebooks: [notebook],
      evidenceDir: evidence,
      env: {},
      onStderr: (line) => stderr.push(line),
    });
    const events: NotebookEvent[] = [];
    for (let event = await session.next(); event !== null; event = await session.next()) {
      events.push(event);
      if (event.event === "ready") await session.go();
    }
    assert.equal(await session.end(), 0, stderr.join("\n"));
    assert.ok(events.some(({ event }) => event === "executed"), JSON.stringify(events));

    const written = await Deno.readTextFile(join(folder, "mine.jsonl"));
    assert.deepEqual(written.trim().split("\n").map((line) => JSON.parse(line)), [
      { input: "Who?", context: "Ada, of course", answers: "Ada" },
      { input: "Where?", context: "On the quay", answers: 'the "quay"' },
    ]);
    const block = outputText((await executedCells(folder, "mine")).at(-1)!);
    assert.match(block, /source_data_files: \[.*mine\.jsonl/);
    assert.match(block, /datasets:\n +prompt_template_keys: \[context, input\]\n +question_col_key: input/);
    assert.match(block, /payload_file: payload_0-500\.jsonl/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
