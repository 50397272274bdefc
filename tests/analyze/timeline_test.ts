import assert from "node:assert/strict";
import { requestsFrame } from "../../lib/analyze/frame.ts";
import { timeline } from "../../lib/analyze/timeline.ts";
import { chain, failure, record } from "./generated_run.ts";

Deno.test("timeline() of one request after the other: always one in flight, one success a second", async () => {
  const run = (await timeline(requestsFrame(chain(new Array(40).fill(1000))), 20))!;
  assert.equal(run.duration_s, 40);
  assert.equal(run.slices.length, 20);
  for (const { from_s, to_s, in_flight, errors, p50_ms, p95_ms } of run.slices) {
    assert.ok(Math.abs(to_s - from_s - 2) < 1e-9);
    assert.ok(Math.abs(in_flight - 1) < 1e-9);
    assert.deepEqual([errors, p50_ms, p95_ms], [0, 1000, 1000]);
  }
  // An answer belongs to the slice that it ends in: of 40 ends, at 1, 2, ... 40 s, the first slice has one, the last three.
  assert.deepEqual(run.slices.map(({ ok_per_s }) => ok_per_s * 2), [1, ...new Array(18).fill(2), 3]);
  assert.deepEqual(run.breaks_s, []);
  assert.deepEqual(run.levels, [{
    ...{
      experiment_name: "exp",
      payload_file: "payload_en_0-500.jsonl",
      concurrency: 1,
      request_rate_rps: null,
    },
    ...{ from_s: 0, to_s: 40 },
  }]);
});

Deno.test("timeline() counts what is in flight by time, failures by attempt, and leaves out what was never sent", async () => {
  const run = (await timeline(
    requestsFrame([
      record({ sent_ms: 5000, ended_ms: 7000, response_ms: 2000 }),
      record({ sent_ms: 5000, ended_ms: 9000, response_ms: 4000, phase: "warmup" }),
      failure({ sent_ms: 6000, ended_ms: 6500 }),
      failure({ sent_ms: null, ended_ms: null }),
    ]),
    2,
  ))!;
  assert.equal(run.duration_s, 4);
  assert.deepEqual(run.slices.map(({ in_flight }) => in_flight), [(2 + 2 + 0.5) / 2, 1]);
  assert.deepEqual(run.slices.map(({ errors }) => errors), [1, 0]);
  assert.deepEqual(run.slices.map(({ p50_ms }) => p50_ms), [null, 3000]);
  assert.deepEqual(run.slices.map(({ p95_ms }) => p95_ms), [null, 3900]);
});

Deno.test("timeline() puts segments one after the other and says where", async () => {
  const run = (await timeline(requestsFrame([
    record({
      segment: "b",
      sent_at: "2026-01-02T00:00:00.000Z",
      sent_ms: 100,
      ended_ms: 1100,
      concurrency: 2,
    }),
    record({
      segment: "a",
      sent_at: "2026-01-01T00:00:00.000Z",
      sent_ms: 50,
      ended_ms: 2050,
      concurrency: 1,
    }),
  ])))!;
  assert.equal(run.duration_s, 3);
  assert.deepEqual(run.breaks_s, [2]);
  assert.deepEqual(run.levels.map(({ concurrency, from_s, to_s }) => [concurrency, from_s, to_s]), [
    [1, 0, 2],
    [2, 2, 3],
  ]);
});

Deno.test("timeline() never has more slices than asked for, and is null when nothing was sent", async () => {
  for (const seconds of [1, 7, 61, 3599, 40_000]) {
    const run = (await timeline(requestsFrame([record({ sent_ms: 0, ended_ms: seconds * 1000 })]), 50))!;
    assert.ok(run.slices.length <= 50, `${seconds} s: ${run.slices.length}`);
    assert.equal(run.slices.at(-1)!.to_s, seconds);
  }
  assert.equal(await timeline(requestsFrame([failure({ sent_ms: null, ended_ms: null })])), null);
  assert.equal(await timeline(requestsFrame([])), null);
});
