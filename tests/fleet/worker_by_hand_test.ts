import assert from "node:assert/strict";
import { type FleetEngine, workerVariable } from "../../lib/fleet/engine.ts";
import { readPlan } from "../../lib/load/mod.ts";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { scriptedServer } from "../transport/scripted_server.ts";
import { answering, journalsOf, prepareRun, sendByFleet } from "./fleet_load.ts";
import { processEngine } from "./process_engine.ts";

Deno.test("a worker program started by hand with the environment of index 3 sends shard 3", async () => {
  using server = scriptedServer(answering(5));
  const { run_dir } = await prepareRun(server.url, [{ concurrency: 8, requests: 48 }]);
  const others = processEngine(`${run_dir}/engine`);
  let byHand: Promise<Deno.CommandStatus> | null = null;
  const engine: FleetEngine = {
    ...others,
    async submit(job) {
      await others.submit({ ...job, workers: 3 });
      byHand = new Deno.Command(Deno.execPath(), {
        args: ["run", "--allow-all", "--no-prompt", "lib/fleet/remote_worker.ts"],
        cwd: projectRoot,
        env: { ...job.env, [workerVariable]: "3" },
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn().status;
    },
  };
  try {
    const { ok } = await sendByFleet({ run_dir, segment: "s1", engine, workers: 4 });
    assert.equal(ok, 48);
    const { requests } = await readPlan(`${run_dir}/shards/s1-w3.jsonl`);
    const sent = (await journalsOf(run_dir)).get("s1-w3")!;
    assert.equal(requests.length, 12);
    assert.deepEqual(
      sent.map(({ request_id }) => request_id).sort(),
      requests.map(({ request_id }) => request_id).sort(),
    );
    assert.equal((await byHand!).code, 0, "it ends when the controller needs it no more");
  } finally {
    await Deno.remove(run_dir, { recursive: true });
  }
});
