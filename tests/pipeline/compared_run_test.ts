import assert from "node:assert/strict";
import { openToCompare } from "../../lib/pipeline/compared_run.ts";
import { finishedRun } from "./generated_comparison.ts";
import { inProject } from "./made_up_project.ts";

Deno.test("a run is compared under the objectives that its own config asks for", async () => {
  await inProject(async (folder) => {
    const objectives = async (second: number, ...sets: string[]) =>
      (await openToCompare((await finishedRun(folder, second, [{ median_ms: 100 }], sets)).paths.root))
        .objectives;
    const asked = ["report.latency_budget=3", "report.objectives.ttft_ms=150", "report.objectives.share=0.9"];
    assert.deepEqual(await objectives(1, ...asked), { ttft_ms: 150 });
    const preset = ["report.objectives.preset=mlperf-llama2-70b"];
    assert.deepEqual(await objectives(2, ...preset), { ttft_ms: 2000, tpot_ms: 200 });
    assert.deepEqual(await objectives(3, "report.latency_budget=3"), { response_ms: 3000 });
  });
});
