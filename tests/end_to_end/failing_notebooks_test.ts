/** Notebooks that misbehave, each in its own way: the runner names what is wrong and keeps the evidence. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { stepEntry } from "../../lib/run/mod.ts";
import { executedCells, fmbench, onlyRun } from "./command.ts";

const config = join(projectRoot, "tests", "testdata", "notebooks", "fixtures.yml");

interface Case {
  readonly notebook: string;
  readonly message: RegExp;
  readonly flags?: readonly string[];
}

const cases: readonly Case[] = [
  { notebook: "throws", message: /throws\.ipynb, code cell 2: Error: the answer is not 42/ },
  { notebook: "syntax_error", message: /syntax_error\.ipynb, code cell 2, line 2: Expression expected/ },
  {
    notebook: "missing_import",
    message: /missing_import\.ipynb, code cell 2: TypeError: .*lib\/nowhere\/mod\.ts/,
  },
  { notebook: "exits", message: /exits\.ipynb, code cell 2: the kernel ended/ },
  {
    notebook: "never_finishes",
    message: /never_finishes\.ipynb, code cell 2: no sign of life for 4 s/,
    flags: ["--give-up-after", "4"],
  },
  {
    notebook: "busy_loop",
    message: /busy_loop\.ipynb, code cell 2: no sign of life for 4 s/,
    flags: ["--give-up-after", "4"],
  },
  {
    notebook: "forgets_finish",
    message: /forgets_finish\.ipynb ran to its end, .* must call `await step\.finish\(\)`/,
  },
];

for (const { notebook, message, flags = [] } of cases) {
  Deno.test(`a notebook that ${notebook.replaceAll("_", " ")} fails the run, is named, and leaves the evidence`, async () => {
    const results = await Deno.makeTempDir({ prefix: "fmbench-test-" });
    try {
      const ended = await fmbench([
        ...["run", "--config-file", config, "--results-dir", results],
        ...["--set", `run_steps.${notebook}=yes`, ...flags],
      ]);
      assert.equal(ended.code, 2, ended.stderr);
      assert.match(ended.stderr, message);
      assert.ok(!/\n\s+at .*:\d+:\d+/.test(ended.stderr), `a stack trace was shown: ${ended.stderr}`);
      const { root, manifest } = await onlyRun(results, "fixtures");
      assert.equal(manifest.status, "failed");
      assert.equal(stepEntry(manifest, notebook)?.status, "failed");
      assert.match(await Deno.readTextFile(join(root, "run.log")), message);
      assert.ok((await executedCells(root, notebook)).length >= 2);
    } finally {
      await Deno.remove(results, { recursive: true });
    }
  });
}
