import assert from "node:assert/strict";
import { readFleetLog } from "../../lib/fleet/fleet_log.ts";
import { eachJsonLine, localFolder } from "../../lib/storage/mod.ts";
import { scriptedServer } from "../transport/scripted_server.ts";
import { answering, journalsOf, prepareRun, sendByFleet } from "./fleet_load.ts";
import { processEngine } from "./process_engine.ts";

Deno.test("a fleet of this machine's processes sends every request of a plan once, and leaves journals as a machine's own workers do", async () => {
  using server = scriptedServer(answering(20));
  const { run_dir, plan } = await prepareRun(server.url, [
    { concurrency: 4, requests: 40 },
    { concurrency: null, arrival: "constant", rates_rps: [50], requests: 60 },
  ]);
  const engine = processEngine(`${run_dir}/engine`);
  try {
    const outcome = await sendByFleet({ run_dir, segment: "s1", engine });
    assert.deepEqual([outcome.ok, outcome.planned], [100, 100]);
    assert.equal(server.busiest <= 4 || server.requests.length === 100, true);
    const journals = await journalsOf(run_dir);
    assert.deepEqual([...journals.keys()].sort(), ["s1-w0", "s1-w1"]);
    const ids = [...journals.values()].flat().map(({ request_id }) => request_id);
    assert.deepEqual(ids.sort(), plan.requests.map(({ request_id }) => request_id).sort());
    for (const records of journals.values()) assert.ok(records.length > 30, String(records.length));
    for await (const line of eachJsonLine<Record<string, unknown>>(`${run_dir}/requests/s1-w0.jsonl`)) {
      const offsets = line["clock_offsets"] as { level: number; before: unknown; after: unknown }[];
      assert.deepEqual(offsets.map(({ level }) => level), [0, 1]);
      assert.ok(offsets.every(({ before, after }) => before !== null && after !== null));
      break;
    }
    assert.deepEqual(engine.groups(), []);
    assert.deepEqual(await engine.list(), []);
    // Of what travelled, the prompts alone stay: what the workers wrote is at home.
    const left = await localFolder(`${run_dir}/shared`).list();
    assert.deepEqual(left, ["data/prompts/p.jsonl"]);
    const events = await readFleetLog(run_dir);
    assert.equal(events.filter(({ event }) => event === "node").length, 2);
    assert.equal(events.filter(({ event }) => event === "settled").length, 2);
    assert.ok(events.every((line) => line.event !== "skew" || line.trusted), JSON.stringify(events));
  } finally {
    await Deno.remove(run_dir, { recursive: true });
  }
});

Deno.test("every machine of a fleet is certified for its share before it sends, and its rows say what came of it", async () => {
  using server = scriptedServer(answering(5));
  const { run_dir } = await prepareRun(server.url, [{ concurrency: 2, requests: 8 }]);
  const engine = processEngine(`${run_dir}/engine`);
  try {
    await sendByFleet({ run_dir, segment: "s1", engine, certify: true });
    const found = (await readFleetLog(run_dir)).flatMap((line) => line.event === "certificate" ? [line] : []);
    assert.deepEqual(found.map(({ worker }) => worker).sort(), ["w0", "w1"]);
    assert.deepEqual(found.flatMap(({ fault }) => fault ?? []), []);
    for (const [name, records] of await journalsOf(run_dir)) {
      const streams = found.find(({ worker }) => name.endsWith(worker))?.trusted_streams ?? null;
      // One stream each. A busy machine may be found wanting, or find out nothing; then the rows say that.
      const expected = streams === null ? [null] : streams >= 1 ? [true] : [false, null];
      assert.ok(records.every(({ trusted }) => expected.includes(trusted)), `${name}: ${streams}`);
    }
  } finally {
    await Deno.remove(run_dir, { recursive: true });
  }
});
