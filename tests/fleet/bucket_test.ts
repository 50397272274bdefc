import assert from "node:assert/strict";
import { onS3 } from "../aws/local_s3.ts";
import { scriptedServer } from "../transport/scripted_server.ts";
import { answering, journalsOf, prepareRun, sendByFleet } from "./fleet_load.ts";
import { processEngine } from "./process_engine.ts";

onS3(
  "shards, prompts and journals of a fleet travel through a bucket, which is empty afterwards",
  async (server) => {
    await server.createBucket("fleet");
    const before = Object.fromEntries(Object.keys(server.env).map((name) => [name, Deno.env.get(name)]));
    for (const [name, value] of Object.entries(server.env)) Deno.env.set(name, value);
    using endpoint = scriptedServer(answering(10));
    const { run_dir, plan } = await prepareRun(endpoint.url, [{ concurrency: 4, requests: 60 }]);
    const engine = processEngine(`${run_dir}/engine`, server.env);
    const folder = await server.folder("s3://fleet/run");
    try {
      const outcome = await sendByFleet({ run_dir, segment: "s1", engine, storage: "s3://fleet/run" });
      assert.deepEqual([outcome.ok, outcome.planned], [60, 60]);
      const ids = [...(await journalsOf(run_dir)).values()].flat().map(({ request_id }) => request_id);
      assert.deepEqual(ids.sort(), plan.requests.map(({ request_id }) => request_id).sort());
      // The prompts stay for a resume; what came home is gone.
      assert.deepEqual(await folder.list(), ["data/prompts/p.jsonl"]);
    } finally {
      folder.close();
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) Deno.env.delete(name);
        else Deno.env.set(name, value);
      }
      await Deno.remove(run_dir, { recursive: true });
    }
  },
);
