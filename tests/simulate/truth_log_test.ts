import assert from "node:assert/strict";
import { type Truth, TruthLog } from "../../lib/simulate/truth_log.ts";

const truth: Truth = {
  n: 1,
  received_ms: 1.00049,
  first_send_ms: 2,
  last_send_ms: 3,
  done_ms: 4,
  deadline_error_ms_max: 0.1,
  ttft_ms: 0.99951,
  prompt_tokens: 5,
  completion_tokens: 6,
  status: 200,
  request_id: "r",
  prompt_key: "k",
  prompt_use: 1,
  right: null,
  fault: null,
  shapes: [],
  served_latency: null,
  frozen_ms: 0,
  sent_us: null,
  late_us: null,
};

Deno.test("lines are appended, times rounded to the microsecond", async () => {
  const path = `${await Deno.makeTempDir()}/t.jsonl`;
  await Deno.writeTextFile(path, "earlier\n");
  const log = new TruthLog(path);
  log.add(truth);
  log.add({ ...truth, n: 2 });
  log.close();
  const [earlier, first, second, end] = (await Deno.readTextFile(path)).split("\n");
  assert.deepEqual([earlier, end], ["earlier", ""]);
  assert.deepEqual(JSON.parse(first!), { ...truth, received_ms: 1, ttft_ms: 1 });
  assert.equal(JSON.parse(second!).n, 2);
});

Deno.test("what was added is on the disk after a flush, once", async () => {
  const path = `${await Deno.makeTempDir()}/t.jsonl`;
  const log = new TruthLog(path);
  log.add(truth);
  log.flush();
  log.flush();
  assert.equal((await Deno.readTextFile(path)).split("\n").length, 2);
  log.close();
});

Deno.test("without a path nothing is kept", () => {
  const log = new TruthLog(null);
  log.add(truth);
  log.close();
});
