import assert from "node:assert/strict";
import { type Ended, runProgram } from "./made_up_kernel.ts";

/** Finishes a step whose notebook is a file, and tells how many watchers run. */
async function finished(name: string, { exists = true } = {}): Promise<Ended> {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/${name}.ipynb`;
    if (exists) await Deno.writeTextFile(file, "{}");
    return await runProgram(
      `
      let watchers = 0;
      const watchFs = Deno.watchFs;
      Deno.watchFs = (...args) => {
        watchers++;
        const watcher = watchFs(...args);
        const close = watcher.close.bind(watcher);
        watcher.close = () => { watchers--; close(); };
        return watcher;
      };
      const { renderOnSave } = await import("lib/notebook/render_on_save.ts");
      const { runPaths } = await import("lib/run/mod.ts");
      const step = (name) => ({ name, run: { id: "r", paths: runPaths("/results/r") }, log() {} });
      await renderOnSave(step(${JSON.stringify(name)}));
      tell(watchers);
      await renderOnSave(step("6_cleanup"));
      tell(watchers);`,
      { env: { JPY_SESSION_NAME: file } },
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the analysis notebook is followed, until another step takes its place", async () => {
  const { told, stdout } = await finished("5_model_metric_analysis");
  assert.deepEqual(told, [1, 0]);
  assert.equal(
    stdout,
    "The report is written to /results/r/report.md each time you save this notebook (Ctrl+S).",
  );
});

Deno.test("a user's own notebook is followed, and its report has its own name", async () => {
  const { told, stdout } = await finished("my_analysis");
  assert.deepEqual(told, [1, 0]);
  assert.match(stdout, /^The report is written to \/results\/r\/report-my_analysis\.md /);
});

Deno.test("no other step is followed, and nothing is said", async () => {
  for (const name of ["0_setup", "3_run_inference", "4_get_evaluations"]) {
    const { told, stdout } = await finished(name);
    assert.deepEqual([told, stdout], [[0, 0], ""], name);
  }
});

Deno.test("a notebook whose file is not known is not followed", async () => {
  const { told, stdout } = await finished("5_model_metric_analysis", { exists: false });
  assert.deepEqual([told, stdout], [[0, 0], ""]);
});
