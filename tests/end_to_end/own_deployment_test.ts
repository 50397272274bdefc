import assert from "node:assert/strict";
import { join } from "node:path";
import { readJournal } from "../../lib/storage/mod.ts";
import { owed, readEndpoints, readLedger } from "../../lib/deploy/mod.ts";
import { connectError } from "../../lib/deploy/reachability.ts";
import { fmbench, inResults, onlyRun } from "./command.ts";

const config = join("configs", "own-deployment.yml");
const quick = ["load.requests=3", "load.warmup_requests=0", "certify=no"].flatMap((one) => ["--set", one]);

Deno.test("configs/own-deployment.yml: from the command line to the records, and nothing is left", () =>
  inResults(async (results) => {
    const args = ["run", "--config-file", config, "--results-dir", results, ...quick];
    const { code, stderr } = await fmbench([...args, "--steps", "0-3,6"]);
    assert.equal(code, 0, stderr);
    const { root } = await onlyRun(results, "own-deployment");
    const answers: unknown[] = [];
    for await (const { name } of Deno.readDir(join(root, "requests"))) {
      if (!name.endsWith(".jsonl")) continue;
      const { records } = await readJournal(join(root, "requests", name));
      answers.push(
        ...records.map((
          { status, completion, completion_tokens },
        ) => [status, completion, completion_tokens]),
      );
    }
    assert.deepEqual([...new Set(answers.map((one) => JSON.stringify(one)))], [
      '["ok","Nobody knows for sure.",5]',
    ]);
    const events = readLedger(root).map(({ event }) => event);
    assert.deepEqual(events, ["intent", "intent", "intent", "created", "deleted"]);
    const [endpoint] = await readEndpoints(root);
    assert.equal(endpoint?.deployer, "own_script");
    assert.notEqual(await connectError(new URL(endpoint!.url), 2_000), null);
  }));

Deno.test("configs/own-deployment.yml: what one process deploys, another one removes", () =>
  inResults(async (results) => {
    const args = ["run", "--config-file", config, "--results-dir", results, ...quick];
    const made = await fmbench([...args, "--steps", "0-2"]);
    assert.equal(made.code, 0, made.stderr);
    const { root } = await onlyRun(results, "own-deployment");
    const [endpoint] = await readEndpoints(root);
    assert.equal(await connectError(new URL(endpoint!.url), 2_000), null);
    const cleaned = await fmbench(["cleanup", root]);
    assert.equal(cleaned.code, 0, cleaned.stderr);
    assert.notEqual(await connectError(new URL(endpoint!.url), 2_000), null);
    assert.deepEqual(owed(root), []);
  }));
