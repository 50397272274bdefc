/** A run that is cut and resumed holds what an uncut one would: every planned request once, with one final outcome. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { readPlan, remainingPlan } from "../../lib/load/mod.ts";
import { finalAttempts } from "../../lib/metrics/mod.ts";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { recordsOf } from "../../lib/pipeline/steps/records.ts";
import { openRun } from "../../lib/run/mod.ts";
import { fmbench, onlyRun } from "./command.ts";
import { cutRun } from "./cut_run.ts";

const config = join(projectRoot, "tests", "testdata", "configs", "tiny.yml");
const requests = 120;

Deno.test("a run cut by kill -9 and resumed holds every planned request once, with one final outcome", async () => {
  const results = await Deno.makeTempDir({ prefix: "fmbench-test-" });
  try {
    const load = ["--set", `load.requests=${requests}`];
    await cutRun(["run", "--config-file", config, "--results-dir", results, ...load], {
      results,
      name: "tiny",
      // It has reported progress.
      when: (said) => /\n {2}[1-9]\d*\/\d+ · [\d.]+\/s/.test(said),
    });
    const { root } = await onlyRun(results, "tiny");
    const run = await openRun(root);
    const plan = await readPlan(run.paths.plan);
    const planned = new Set(plan.requests.map(({ request_id }) => request_id));
    const before = await recordsOf(run);
    assert.ok(before.length > 0 && before.length < planned.size, `${before.length} of ${planned.size}`);
    for (const { request_id } of before) assert.ok(planned.has(request_id!));

    const ended = await fmbench(["run", "--resume", root]);
    assert.equal(ended.code, 0, ended.stderr);
    const records = await recordsOf(run);
    const finals = finalAttempts(records);
    assert.deepEqual(finals.map(({ request_id }) => request_id).sort(), [...planned].sort());
    assert.ok(finals.every(({ status }) => status === "ok"));
    assert.equal(remainingPlan(plan, records).requests.length, 0);
    assert.equal(
      new Set(records.map(({ request_id, attempt }) => `${request_id} ${attempt}`)).size,
      records.length,
    );
    const { manifest } = await onlyRun(results, "tiny");
    assert.equal(manifest.status, "finished");
    assert.match(await Deno.readTextFile(join(root, "report.md")), new RegExp(`\\| +4 \\| ${requests} \\|`));

    const again = await fmbench(["run", "--resume", root]);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /Cannot resume .* all its steps are finished/);
  } finally {
    await Deno.remove(results, { recursive: true });
  }
});
