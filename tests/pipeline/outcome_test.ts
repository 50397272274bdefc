import assert from "node:assert/strict";
import { describeOutcome } from "../../lib/pipeline/outcome.ts";
import type { FinishedRun } from "../../lib/pipeline/runner.ts";
import { pendingStep, runPaths } from "../../lib/run/mod.ts";
import { sampleManifest } from "../run/sample_manifest.ts";

/** The outcome of a run that began `ago_s` seconds ago, with one step of 2.5 s that sent load for 1.5 s. */
async function outcome(root: string, ago_s: number, mirror: FinishedRun["mirror"] = null) {
  const manifest = sampleManifest({
    status: "finished",
    created_at: new Date(Date.now() - ago_s * 1000).toISOString(),
    steps: [
      {
        ...pendingStep("3_run_inference"),
        status: "finished",
        started_at: "2026-01-01T00:00:01.000Z",
        ended_at: "2026-01-01T00:00:03.500Z",
        load_s: 1.5,
      },
      pendingStep("6_cleanup"),
    ],
  });
  return await describeOutcome({ run: { id: "r1", paths: runPaths(root) }, manifest, mirror });
}

Deno.test("facts and words of a run with a report", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${root}/report.html`, "");
    const { facts, text } = await outcome(root, 90);
    const { wall_s, ...others } = facts as { wall_s: number };
    assert.ok(wall_s >= 90 && wall_s < 100, String(wall_s));
    assert.deepEqual(others, {
      run_id: "r1",
      status: "finished",
      run_dir: root,
      report: `${root}/report.html`,
      mirror: null,
      resources_left: [],
      load_s: 1.5,
      steps: [
        { name: "3_run_inference", status: "finished", s: 2.5 },
        { name: "6_cleanup", status: "pending", s: 0 },
      ],
    });
    assert.match(text, /^Run r1 finished in 1 min 3\d s, of which 1\.5 s sending load\.\nReport: /);
    assert.deepEqual(text.split("\n").slice(1), [`Report: ${root}/report.html`, `Log:    ${root}/run.log`]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("a run without a report names none", async () => {
  const { facts, text } = await outcome("/nowhere", 0);
  assert.equal(facts.report, null);
  assert.ok(!text.includes("Report"), text);
  assert.ok(text.endsWith("Log:    /nowhere/run.log"), text);
});

Deno.test("the last line says where the mirror is, and that it lacks something", async () => {
  const mirrored = await outcome("/none", 1, { address: "s3://b/n/r", failure: null });
  assert.equal(mirrored.text.split("\n").at(-1), "Mirror: s3://b/n/r");
  const behind = await outcome("/none", 1, { address: "s3://b/n/r", failure: "S3 is gone." });
  assert.equal(
    behind.text.split("\n").at(-1),
    "Mirror: INCOMPLETE, s3://b/n/r lacks a part of this run: S3 is gone. To send the rest: fmbench mirror /none",
  );
});
