import assert from "node:assert/strict";
import type { PlannedRequest, StudySchedule } from "../../../lib/core/mod.ts";
import { pauseBefore } from "../../../lib/load/study/pauses.ts";
import { RunningTime } from "../../../lib/load/study/running_time.ts";
import { studyLoop } from "../../../lib/load/study/study_loop.ts";
import { FakeClock } from "../fake_clock.ts";
import { lines, schedule, studyPlan, variant } from "./made_up.ts";

interface Told {
  readonly id: string;
  readonly block: number;
  readonly from: number;
  readonly to: number;
}

/** Runs the loop with calls that take a second, or as long as told. */
async function run(requests: readonly PlannedRequest[], changes: Partial<StudySchedule>, options: {
  readonly takes?: (planned: PlannedRequest) => number;
  readonly wanted?: (planned: PlannedRequest) => boolean;
  readonly signal?: AbortSignal;
} = {}) {
  const clock = new FakeClock();
  const told: Told[] = [];
  const ahead: [string, number][] = [];
  let most = 0;
  let under = 0;
  const loop = studyLoop({
    seed: 1,
    schedule: schedule(changes),
    requests,
    time: new RunningTime(clock),
    ahead: ({ call }) => Promise.resolve(void ahead.push([call!.scenario_id, clock.now()])),
    async send(planned) {
      most = Math.max(most, ++under);
      const from = clock.now();
      await clock.sleepUntil(from + (options.takes?.(planned) ?? 1000));
      under--;
      told.push({ id: planned.call!.scenario_id, block: planned.call!.block, from, to: clock.now() });
    },
    wanted: options.wanted ?? (() => true),
    again: () => undefined,
    signal: options.signal ?? new AbortController().signal,
  });
  await clock.run(loop);
  return { told, ahead, most, ...await loop };
}

Deno.test("in a block calls follow each other at once; a pause lies between the blocks of a unit, none between units", async () => {
  const { requests } = studyPlan({ rounds: 1, scenarios: lines("a:p", "b:p") });
  const { told, ahead, timed_out } = await run(requests, { pause_ms: 10_000 });
  assert.deepEqual(told.map(({ from, to }) => [from, to]), [[0, 1000], [1000, 2000], [12_000, 13_000], [
    13_000,
    14_000,
  ]]);
  // Connections of the whole block are seen to a second before the pause is over.
  assert.deepEqual(ahead.map(([, at]) => at), [11_000, 11_000]);
  assert.equal(timed_out, false);
  const two = studyPlan({ rounds: 2, invocations_per_scenario: 1, scenarios: lines("a:p", "b:p") });
  assert.deepEqual((await run(two.requests, {})).told.map(({ from }) => from), [0, 1000, 2000, 3000]);
});

Deno.test("lanes take the next unit when they are free, and no more calls are under way than there are lanes", async () => {
  const { requests } = studyPlan({ rounds: 2 });
  const { told, most } = await run(requests, { parallel_calls: 2, pause_ms: 5000 });
  assert.equal(told.length, 20);
  assert.equal(most, 2);
  for (const own of Map.groupBy(told, ({ block }) => block).values()) {
    const [first, second] = own.toSorted((a, b) => a.from - b.from);
    if (second !== undefined) assert.equal(second.from, first!.to);
  }
  // 20 s of calls and 6 pauses of 5 s in two lanes: about 25 s.
  assert.ok(Math.max(...told.map(({ to }) => to)) <= 30_000);
});

Deno.test("pauses are drawn even around their length, the same for the same block", () => {
  const drawn = Array.from(
    { length: 1000 },
    (_, block) => pauseBefore(1, { pause_ms: 100, jitter: 0.2 }, block),
  );
  assert.ok(
    drawn.every((ms) => ms >= 80 && ms <= 120) && Math.min(...drawn) < 81 && Math.max(...drawn) > 119,
  );
  // The mean of 1,000 has a standard error of 0.37.
  assert.ok(Math.abs(drawn.reduce((sum, ms) => sum + ms, 0) / 1000 - 100) < 1.5);
  assert.equal(drawn[7], pauseBefore(1, { pause_ms: 100, jitter: 0.2 }, 7));
});

Deno.test("calls go out when they are due; one that is due while all lanes are busy waits for one, in order", async () => {
  const changes = { calls_per_minute: 60, parallel_calls: 2 };
  const { requests } = studyPlan({ rounds: 1, schedule: schedule(changes) });
  const quick = await run(requests, changes, { takes: () => 500 });
  assert.deepEqual(quick.told.map(({ from }) => from), Array.from({ length: 10 }, (_, k) => k * 1000));
  // Where there is a second to it, the connection is seen to so long before.
  assert.deepEqual(quick.ahead.map(([, at]) => at), [
    0,
    0,
    ...Array.from({ length: 8 }, (_, k) => (k + 1) * 1000),
  ]);
  const slow = await run(requests, changes, { takes: () => 4000 });
  assert.equal(slow.most, 2);
  assert.deepEqual(slow.told.map(({ from }) => from), [
    0,
    1000,
    4000,
    5000,
    8000,
    9000,
    12_000,
    13_000,
    16_000,
    17_000,
  ]);
});

Deno.test("when the duration is over nothing is begun, what is under way ends", async () => {
  const { requests } = studyPlan({ rounds: 5, scenarios: lines("a:p"), levels: [variant("a")] });
  const { told, timed_out } = await run(requests, { pause_ms: 9000, duration_ms: 10_500 });
  // The units follow at once: 0 and 10 s, then 11 s would be too late.
  assert.deepEqual(told.map(({ from, to }) => [from, to]), [[0, 1000], [10_000, 11_000]]);
  assert.equal(timed_out, true);
});

Deno.test("what is not wanted any more is passed over without a pause of its own", async () => {
  const { requests } = studyPlan({ rounds: 1 });
  const { told } = await run(requests, { pause_ms: 10_000 }, {
    wanted: ({ payload_id }) => payload_id === "r",
  });
  assert.deepEqual(told.map(({ id, from }) => [id, from]), [["a:r", 0], ["a:r", 11_000]]);
});

Deno.test("a gap shifts what is due after it: nothing is left out and nothing comes in a burst", async () => {
  const clock = new FakeClock();
  const time = new RunningTime(clock);
  const sent: number[] = [];
  const changes = { calls_per_minute: 60 };
  const { requests } = studyPlan({ rounds: 1, scenarios: lines("a:p", "b:p"), schedule: schedule(changes) });
  const loop = studyLoop({
    seed: 1,
    schedule: schedule(changes),
    requests,
    time,
    ahead: () => Promise.resolve(),
    async send() {
      sent.push(clock.now());
      if (sent.length !== 2) return;
      time.hold();
      await clock.sleepUntil(clock.now() + 60_000);
      time.release();
    },
    wanted: () => true,
    again: () => undefined,
    signal: new AbortController().signal,
  });
  await clock.run(loop);
  assert.deepEqual(sent, [0, 1000, 62_000, 63_000]);
  assert.equal(time.now(), 3000);
});
