import assert from "node:assert/strict";
import { join } from "node:path";
import { stepNames, studyStep } from "../../lib/core/mod.ts";
import { StepError } from "../../lib/core/mod.ts";
import { becomesReport, renderReport, reportName } from "../../lib/pipeline/rendering.ts";
import { runPaths } from "../../lib/run/mod.ts";

Deno.test("the analysis and a user's own notebooks become reports, the other steps do not", () => {
  assert.deepEqual(stepNames.filter(becomesReport), ["5_model_metric_analysis"]);
  assert.equal(becomesReport("my_analysis"), true);
  assert.equal(becomesReport(studyStep), true);
});

Deno.test("an own notebook's report never takes the name of the shipped one", () => {
  assert.equal(reportName("5_model_metric_analysis"), "report");
  assert.equal(reportName(studyStep), "report");
  assert.equal(reportName("my_analysis"), "report-my_analysis");
  assert.equal(reportName("report"), "report-report");
});

/** A `jupyter` that is a shell script; it notes its arguments, one call a line. */
async function withJupyter(script: string, work: (program: string, root: string) => Promise<void>) {
  const root = await Deno.makeTempDir();
  try {
    const program = join(root, "jupyter");
    await Deno.writeTextFile(program, `#!/bin/sh\necho "$@" >> "${root}/calls"\n${script}\n`, {
      mode: 0o755,
    });
    await work(program, root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("an executed notebook is rendered to Markdown and HTML under the report's name, beside the manifest", async () => {
  await withJupyter("", async (program, root) => {
    const written = await renderReport(
      { program, env: {} },
      { id: "r", paths: runPaths(root) },
      "5_model_metric_analysis",
    );
    assert.deepEqual(written, [join(root, "report.md"), join(root, "report.html")]);
    const calls = (await Deno.readTextFile(join(root, "calls"))).trim().split("\n").toSorted();
    assert.deepEqual(calls.map((call) => /--to (\w+)/.exec(call)?.[1]), ["html", "markdown"]);
    for (const call of calls) {
      assert.ok(
        call.includes(`--output-dir ${root} --output report ${root}/notebooks/5_model_metric_analysis.ipynb`),
        call,
      );
    }
  });
});

Deno.test("when nbconvert fails its last line is the reason", async () => {
  await withJupyter("echo first >&2; echo the reason >&2; exit 1", async (program, root) => {
    await assert.rejects(
      renderReport({ program, env: {} }, { id: "r", paths: runPaths(root) }, "mine"),
      (error) =>
        error instanceof StepError &&
        error.message ===
          `Cannot render the report from "${root}/notebooks/mine.ipynb": jupyter failed: the reason.`,
    );
  });
});
