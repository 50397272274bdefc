import assert from "node:assert/strict";
import { readFleetLog } from "../../lib/fleet/fleet_log.ts";
import { readJournal } from "../../lib/storage/mod.ts";
import { scriptedServer } from "../transport/scripted_server.ts";
import { answering, journalsOf, prepareRun, sendByFleet } from "./fleet_load.ts";
import { processEngine } from "./process_engine.ts";

Deno.test("a clock that is 3 s ahead and drifts is put right, and one that runs away in mid-level is not trusted", async () => {
  using server = scriptedServer(answering(5));
  const { run_dir } = await prepareRun(server.url, [
    { concurrency: null, arrival: "constant", rates_rps: [100], requests: 300 },
  ]);
  // 20 millionths are 0.06 ms in 3 s; 10,000 are 30 ms.
  const clocks = [{ ahead_ms: 3000, ppm: 20 }, { ahead_ms: 500, ppm: 10_000 }];
  const engine = processEngine(`${run_dir}/engine`, { FMBENCH_TEST_CLOCKS: JSON.stringify(clocks) });
  try {
    const { ok } = await sendByFleet({ run_dir, segment: "s1", engine });
    assert.equal(ok, 300);
    const journals = await journalsOf(run_dir);
    const right = journals.get("s1-w0")!;
    const wrong = journals.get("s1-w1")!;
    assert.ok(right.length > 100 && wrong.length > 100);
    assert.ok(right.every(({ trusted }) => trusted === null));
    assert.ok(wrong.every(({ trusted }) => trusted === false));
    const skews = (await readFleetLog(run_dir)).flatMap((line) => line.event === "skew" ? [line] : []);
    assert.deepEqual(skews.map(({ worker, trusted }) => [worker, trusted]).sort(), [["w0", true], [
      "w1",
      false,
    ]]);
    // Where the controller's zero lies is known from the worker whose origin was translated: stamps meet the server's own receipts.
    const { header } = await readJournal(`${run_dir}/requests/s1-w0.jsonl`);
    const origin = BigInt(header!.origin_mono_ns);
    const received = server.requests.map(({ received_ns }) => Number(received_ns - origin) / 1e6)
      .sort((a, b) => a - b);
    const off = right.map(({ sent_ms }) =>
      received.reduce((least, at) => at >= sent_ms! - 0.2 ? Math.min(least, at - sent_ms!) : least, Infinity)
    ).sort((a, b) => a - b);
    assert.ok(off[off.length >> 1]! < 3, `${off[off.length >> 1]} ms`);
    // All due times of both are a grid of 10 ms on one time line: that of the controller.
    const due = [...right, ...wrong].map(({ scheduled_ms }) => scheduled_ms!).sort((a, b) => a - b);
    const gaps = right.map(({ scheduled_ms }) => (scheduled_ms! - due[0]!) % 10).map((rest) =>
      Math.min(rest, 10 - rest)
    );
    assert.ok(Math.max(...gaps) < 1.5, String(Math.max(...gaps)));
  } finally {
    await Deno.remove(run_dir, { recursive: true });
  }
});
