import assert from "node:assert/strict";
import { ProgressDigest } from "../../lib/fleet/progress_digest.ts";
import type { FromWorker } from "../../lib/load/mod.ts";

const progress = (level: number, done: number, e2e_ms?: number[]): FromWorker => ({
  progress: level,
  done,
  errors: 0,
  cancelled: 0,
  service_ms: 0,
  ...e2e_ms === undefined ? {} : { e2e_ms },
});

Deno.test("of progress the last is told, with the latencies of all, before whatever else is said", () => {
  const told: FromWorker[] = [];
  const digest = new ProgressDigest(60_000, (message) => told.push(message));
  digest.take(progress(0, 1, [5]));
  digest.take(progress(0, 2));
  digest.take(progress(0, 3, [6, 7]));
  assert.deepEqual(told, []);
  digest.take({ level_done: 0, ended_by: "requests" });
  assert.deepEqual(told, [progress(0, 3, [5, 6, 7]), { level_done: 0, ended_by: "requests" }]);
  digest.take(progress(0, 4));
  digest.take(progress(1, 1));
  assert.deepEqual(told.slice(2), [progress(0, 4)]);
  digest.flush();
  assert.deepEqual(told.slice(3), [progress(1, 1)]);
});

Deno.test("kept progress is told by itself after the wait", async () => {
  const told = Promise.withResolvers<FromWorker>();
  new ProgressDigest(1, told.resolve).take(progress(0, 1));
  assert.deepEqual(await told.promise, progress(0, 1));
});
