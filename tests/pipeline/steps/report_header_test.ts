import assert from "node:assert/strict";
import { headerOf } from "../../../lib/pipeline/steps/report_header.ts";
import { pendingStep } from "../../../lib/run/mod.ts";
import { sampleManifest } from "../../run/sample_manifest.ts";
import { inProject, openStep, start } from "../made_up_project.ts";

Deno.test("the head names model, run, versions, machine, and the runs whose output was used", async () => {
  await inProject(async (folder) => {
    const step = openStep("5_model_metric_analysis", await start(folder));
    const manifest = sampleManifest({
      versions: { fmbench: "1.2.3", deno: "4.5.6", v8: "7" },
      machine: { processor: "Of the analysis", cores: 1, memory_gib: 1, system: "x", architecture: "x" },
      steps: [
        {
          ...pendingStep("3_run_inference"),
          status: "skipped",
          source: "/results/sample/20251231T000000Z-012345",
        },
        { ...pendingStep("4_get_evaluations"), status: "skipped" },
        pendingStep("5_model_metric_analysis"),
      ],
    });
    const sender = sampleManifest({
      machine: { processor: "Made-up 9000", cores: 2, memory_gib: 8, system: "linux 1", architecture: "x" },
    });
    assert.deepEqual(headerOf(step, manifest, sender), {
      title: "Benchmark: Tiny model",
      run_id: "sample / 20260101T000000Z-abcdef",
      date: "2026-01-01T00:00:00.000Z",
      versions: { fmbench: "1.2.3", Deno: "4.5.6" },
      machine: "Made-up 9000, 2 cores, 8 GiB, linux 1, region not known",
      sources: [{ step: "3_run_inference", run_id: "20251231T000000Z-012345" }],
    });
  });
});
