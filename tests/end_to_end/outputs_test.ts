/** Outputs are complete, and each is in its cell: 40 cells with logs, displays and values. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { executedCells, fmbench, onlyRun } from "./command.ts";

const config = join(projectRoot, "tests", "testdata", "notebooks", "fixtures.yml");

/** What a cell of the fixture says it shows: every "<kind> <number>" in its source. */
const wanted = (source: string) =>
  [...source.matchAll(/\b(log|display|html|big|value) (\d+)/g)].map(([text]) => text);

Deno.test("through the runner every output of forty cells arrives in its own cell", async () => {
  const results = await Deno.makeTempDir({ prefix: "fmbench-test-" });
  try {
    const ended = await fmbench([
      ...["run", "--config-file", config, "--results-dir", results, "--set", "run_steps.forty_cells=yes"],
    ]);
    assert.equal(ended.code, 0, ended.stderr);
    const { root } = await onlyRun(results, "fixtures");
    const cells = (await executedCells(root, "forty_cells")).slice(1, -1);
    assert.equal(cells.length, 40);
    for (const { source, outputs } of cells) {
      const found = outputs.map(({ text, data }) =>
        [text, data?.["text/markdown"], data?.["text/plain"]].flat().join(" ").match(
          /(log|display|html|big|value) \d+/,
        )?.[0]
      );
      assert.deepEqual(found.toSorted(), [...new Set(wanted(source))].toSorted(), source);
    }
  } finally {
    await Deno.remove(results, { recursive: true });
  }
});

Deno.test("a user's own notebook becomes a report of its own, and a cell's value is in it", async () => {
  const results = await Deno.makeTempDir({ prefix: "fmbench-test-" });
  try {
    const ended = await fmbench([
      ...["run", "--config-file", config, "--results-dir", results, "--set", "run_steps.own_analysis=yes"],
    ]);
    assert.equal(ended.code, 0, ended.stderr);
    const { root } = await onlyRun(results, "fixtures");
    const markdown = await Deno.readTextFile(join(root, "report-own_analysis.md"));
    assert.match(markdown, /My own table/);
    assert.match(markdown, /42/);
    assert.match(await Deno.readTextFile(join(root, "report-own_analysis.html")), /My own table/);
  } finally {
    await Deno.remove(results, { recursive: true });
  }
});
