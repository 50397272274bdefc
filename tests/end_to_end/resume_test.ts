/** A run that is cut and resumed holds what an uncut one would: every planned request once, with one final outcome. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { readPlan, remainingPlan } from "../../lib/load/mod.ts";
import { finalAttempts } from "../../lib/metrics/mod.ts";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { recordsOf } from "../../lib/pipeline/steps/records.ts";
import { lockHolder, openRun } from "../../lib/run/mod.ts";
import { commandLine, fmbench, onlyRun } from "./command.ts";

const config = join(projectRoot, "tests", "testdata", "configs", "tiny.yml");
const requests = 120;

/** Starts a command and kills everything it started, as a power cut would, once it has reported progress. */
async function cut(args: readonly string[], results: string): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...commandLine, ...args, "--verbose"],
    cwd: projectRoot,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    detached: true,
  }).spawn();
  let said = "";
  let killed = false;
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
    said += text;
    if (killed || !/\n {2}[1-9]\d*\/\d+ · [\d.]+\/s/.test(said)) continue;
    killed = true;
    const { root } = await onlyRun(results, "tiny");
    const holder = await lockHolder(join(root, "lock.json"));
    Deno.kill(-child.pid, "SIGKILL");
    await new Deno.Command("pkill", { args: ["-KILL", "-f", `nbconvert.*${root}`] }).output();
    assert.ok(holder !== null, "the step holds the lock");
    await new Deno.Command("pkill", { args: ["-KILL", "-P", String(holder.pid)] }).output();
    Deno.kill(holder.pid, "SIGKILL");
    await new Deno.Command("pkill", { args: ["-KILL", "-f", `serve.ts.*${root}`] }).output();
  }
  await child.status;
  assert.ok(killed, `the command ended before it could be cut: ${said}`);
}

Deno.test("a run cut by kill -9 and resumed holds every planned request once, with one final outcome", async () => {
  const results = await Deno.makeTempDir({ prefix: "fmbench-test-" });
  try {
    const load = ["--set", `load.requests=${requests}`];
    await cut(["run", "--config-file", config, "--results-dir", results, ...load], results);
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
