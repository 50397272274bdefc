/** What a run created is removed when, and only when, its config says so; whatever happens to the run. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { owed, readEndpoints } from "../../lib/deploy/mod.ts";
import { connectError } from "../../lib/deploy/reachability.ts";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { lockHolder } from "../../lib/run/mod.ts";
import { commandLine, fmbench, inResults, onlyRun } from "./command.ts";
import { cutRun } from "./cut_run.ts";

const config = join(projectRoot, "tests", "testdata", "configs", "tiny.yml");

/** Which of a run's endpoints answer. */
async function answering(root: string): Promise<boolean[]> {
  const endpoints = await readEndpoints(root);
  return await Promise.all(
    endpoints.map(async ({ url }) => await connectError(new URL(url), 2_000) === null),
  );
}

Deno.test("6_cleanup: no keeps what was created, says what it is, and one command removes it", () =>
  inResults(async (results) => {
    const args = ["run", "--config-file", config, "--results-dir", results];
    const made = await fmbench([...args, "--steps", "0-2"]);
    assert.equal(made.code, 0, made.stderr);
    const { root } = await onlyRun(results, "tiny");
    assert.match(made.stderr, /Still there, as nothing removes it by itself:\n {2}- simulated_endpoint /);
    assert.ok(made.stderr.includes(`Remove it with: fmbench cleanup ${root}`), made.stderr);
    const up = await answering(root);
    assert.ok(up.length > 0 && up.every(Boolean));

    // Steps that follow use it again, and leave it, too.
    const used = await fmbench([...args, "--steps", "3", "--from", root, "--set", "load.requests=4"]);
    assert.equal(used.code, 0, used.stderr);
    assert.deepEqual(await answering(root), up);

    const dry = await fmbench(["cleanup", root, "--dry-run"]);
    assert.match(dry.stdout, /Still there/);
    assert.deepEqual(await answering(root), up);

    const cleaned = await fmbench(["cleanup", root]);
    assert.equal(cleaned.code, 0, cleaned.stderr);
    assert.match(cleaned.stdout, /\| removed +\|[^]*Nothing that run .* created is left\./);
    assert.ok((await answering(root)).every((each) => !each));
    assert.deepEqual(owed(root), []);
  }));

Deno.test("after kill -9 the endpoint lives on until the next start, which removes it and says so", () =>
  inResults(async (results) => {
    const args = ["run", "--config-file", config, "--results-dir", results];
    await cutRun([...args, "--set", "load.requests=2000"], {
      results,
      name: "tiny",
      when: (said) => /\n {2}[1-9]\d*\/\d+ · [\d.]+\/s/.test(said),
      sparesEndpoints: true,
    });
    const { root, manifest } = await onlyRun(results, "tiny");
    assert.ok((await answering(root)).every(Boolean));
    const next = await fmbench([...args, "--steps", "0"]);
    assert.equal(next.code, 0, next.stderr);
    assert.ok(
      next.stderr.includes(
        `Run ${manifest.run_id} had ended without cleaning up. Removed: simulated_endpoint`,
      ),
      next.stderr,
    );
    assert.ok((await answering(root)).every((each) => !each));
    assert.deepEqual(owed(root), []);
  }));

Deno.test("a step does not outlive its runner: killed, it leaves nothing that `fmbench cleanup` would not find", () =>
  inResults(async (results) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...[...commandLine, "run", "--config-file", config, "--results-dir", results, "--verbose"],
        ...["--set", "load.requests=5000"],
      ],
      cwd: projectRoot,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    let said = "";
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      said += text;
      if (/\n {2}[1-9]\d*\/\d+ · [\d.]+\/s/.test(said)) break;
    }
    child.kill("SIGKILL");
    await child.status;
    const { root } = await onlyRun(results, "tiny");
    const cleaned = await fmbench(["cleanup", root]);
    assert.equal(cleaned.code, 0, cleaned.stderr + said);
    assert.ok((await answering(root)).every((each) => !each));
    assert.equal(await lockHolder(join(root, "lock.json")), null);
    const { manifest } = await onlyRun(results, "tiny");
    assert.equal(manifest.steps.find(({ name }) => name === "3_run_inference")?.status, "interrupted");
  }));
