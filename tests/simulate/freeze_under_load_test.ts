import assert from "node:assert/strict";
import { planLoad, runLoad } from "../../lib/load/mod.ts";
import { serve, type Truth } from "../../lib/simulate/mod.ts";
import { readJournal, readJsonLines, writeJsonLines } from "../../lib/storage/mod.ts";
import { endpoint, payload, spec } from "../load/made_up.ts";
import { quick } from "./raw_client.ts";

Deno.test("an endpoint frozen for 1 of 4 s under an open loop: nothing is lost, and the mean response is the analytic one", async () => {
  const run_dir = await Deno.makeTempDir();
  const log_path = `${run_dir}/truth.jsonl`;
  const faults = { freeze: { at_s: 1, for_s: 1 } };
  const profile = { ...quick, base_ms: 2, decode_ms: 2, slots: 1000 };
  const simulation = await serve({ profile, model_id: "m", log_path, faults });
  try {
    const rows = Array.from({ length: 400 }, (_, i) => payload(`p${i}`));
    await writeJsonLines(`${run_dir}/data/prompts/p.jsonl`, rows);
    const plan = planLoad({
      ...{ seed: 1, config_hash: "c", version: "0" },
      levels: [spec({
        endpoint: endpoint({ url: simulation.url }),
        arrival: "constant",
        concurrency: null,
        rates_rps: [100],
        duration_ms: 4000,
        requests: null,
        parameters: { max_tokens: 5 },
      })],
      payloads: () => rows.map(({ payload_id }) => payload_id),
    });
    const { planned, ok, pending } = await runLoad({
      plan,
      run_dir,
      segment: "s1",
      env: Deno.env.toObject(),
    });
    await simulation.close();
    assert.deepEqual([ok, pending], [planned, 0]);
    assert.ok(planned >= 399 && planned <= 401, String(planned));
    const { records } = await readJournal(`${run_dir}/requests/s1-w0.jsonl`);
    const truths = await readJsonLines<Truth>(log_path);
    assert.equal(truths.length, planned);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    // Service s is 2 + 4 x 2 = 10 ms. Who comes in the frozen second waits half of it on average, who is in service at its
    // start the whole: s + (1 s x 1 s / 2 + s x 1 s) / 4 s = 10 + (500 + 10) / 4 = 137.5 ms.
    const response = mean(records.map(({ response_ms }) => response_ms!));
    assert.ok(Math.abs(response - 137.5) < 14, `mean response ${response} ms`);
    const frozen = truths.reduce((sum, { frozen_ms }) => sum + frozen_ms, 0) / planned;
    assert.ok(Math.abs(frozen - 127.5) < 10, `mean frozen ${frozen} ms`);
    for (const { scheduled_ms, sent_ms, response_ms, service_ms } of records) {
      assert.ok(Math.abs(response_ms! - (sent_ms! - scheduled_ms! + service_ms!)) < 0.002);
    }
  } finally {
    await simulation.close();
    await Deno.remove(run_dir, { recursive: true });
  }
});
