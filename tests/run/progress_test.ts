import assert from "node:assert/strict";
import { join } from "node:path";
import type { ProgressEvent } from "../../lib/core/mod.ts";
import { LineFollower, ProgressFollower, ProgressWriter } from "../../lib/run/mod.ts";

const event = (done: number, label = "x"): ProgressEvent => ({
  at: "2026-01-01T00:00:00Z",
  step: "3_run_inference",
  label,
  done,
  total: 10,
  errors: 0,
  rate_per_s: null,
  eta_s: null,
});

Deno.test("a follower gives each whole line once, a torn one when it is whole", async () => {
  const path = join(await Deno.makeTempDir(), "lines");
  const follower = new LineFollower(path);
  assert.deepEqual(follower.read(), []);
  await Deno.writeTextFile(path, "one\ntw");
  assert.deepEqual(follower.read(), ["one"]);
  await Deno.writeTextFile(path, "o\nthree\n", { append: true });
  assert.deepEqual(follower.read(), ["two", "three"]);
  assert.deepEqual(follower.read(), []);
});

Deno.test("a burst of events is thinned out, the last of a label is always written", async () => {
  const path = join(await Deno.makeTempDir(), "progress.jsonl");
  const writer = new ProgressWriter(path, 60_000);
  for (let done = 0; done <= 10; done++) writer.write(event(done));
  assert.deepEqual(new ProgressFollower(path).read().map(({ done }) => done), [0, 10]);
});
