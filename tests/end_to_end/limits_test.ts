/** What a user does who is careful with money: asks first, sets a limit, and raises it. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { recordsOf } from "../../lib/pipeline/steps/records.ts";
import { openRun, stepEntry } from "../../lib/run/mod.ts";
import { fmbench, onlyRun } from "./command.ts";

const config = join(projectRoot, "tests", "testdata", "configs", "tiny.yml");

Deno.test("a dry run creates nothing; a run stops at its limit and says why; with a higher one it goes on to its end", async () => {
  const results = await Deno.makeTempDir({ prefix: "fmbench-test-" });
  try {
    const run = ["run", "--config-file", config, "--results-dir", results];
    const dry = await fmbench([...run, "--dry-run", "--json"]);
    assert.equal(dry.code, 0, dry.stderr);
    // Two levels, each with 2 requests of warm-up and 20 that are measured.
    assert.deepEqual(JSON.parse(dry.stdout).total.requests, { least: 44, most: 44 });
    assert.deepEqual([...Deno.readDirSync(results)], []);

    const stopped = await fmbench([...run, "--set", "limits.requests=10", "--quiet"]);
    assert.equal(stopped.code, 130, stopped.stderr);
    const { root, manifest } = await onlyRun(results, "tiny");
    const why = /by limits\.requests: 10 of 10 were sent \(44 planned = 10 ok .* 34 pending\)/;
    assert.match(stopped.stderr, why);
    assert.equal(manifest.status, "interrupted");
    assert.match(stepEntry(manifest, "3_run_inference")?.error ?? "", why);

    const ended = await fmbench(["run", "--resume", root, "--set", "limits.requests=44", "--quiet"]);
    assert.equal(ended.code, 0, ended.stderr);
    assert.equal((await recordsOf(await openRun(root))).length, 44);
    assert.equal((await onlyRun(results, "tiny")).manifest.status, "finished");
  } finally {
    await Deno.remove(results, { recursive: true });
  }
});
