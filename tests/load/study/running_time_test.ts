import assert from "node:assert/strict";
import { RunningTime } from "../../../lib/load/study/running_time.ts";
import { FakeClock } from "../fake_clock.ts";

Deno.test("time runs with the clock, stands still in gaps however many there are at once, and knows when something is due", async () => {
  const clock = new FakeClock();
  const wait = (ms: number) => clock.run(clock.sleepUntil(clock.now() + ms));
  await wait(500);
  const time = new RunningTime(clock);
  await wait(1000);
  assert.deepEqual([time.now(), time.clockAt(3000)], [1000, 3500]);
  time.hold();
  await wait(200);
  time.hold();
  await wait(200);
  time.release();
  await wait(200);
  assert.deepEqual([time.now(), time.clockAt(3000)], [1000, 4100]);
  time.release();
  await wait(100);
  assert.deepEqual([time.now(), time.clockAt(3000)], [1100, 4100]);
});

Deno.test("what is waited for comes later by a gap; a signal ends the wait", async () => {
  const clock = new FakeClock();
  const time = new RunningTime(clock);
  const never = new AbortController();
  const reached = time.reached(1000, never.signal);
  await clock.run(clock.sleepUntil(400));
  time.hold();
  await clock.run(clock.sleepUntil(5400));
  time.release();
  await clock.run(reached);
  assert.deepEqual([await reached, clock.now(), time.now()], [true, 6000, 1000]);
  const stopped = time.reached(9000, never.signal);
  never.abort();
  assert.equal(await stopped, false);
});

Deno.test("a program that was held does not catch up: what it missed is not counted", () => {
  const clock = new FakeClock();
  let stalled = 0;
  const time = new RunningTime(
    { now: () => clock.now() + stalled, sleepUntil: clock.sleepUntil },
    () => stalled,
  );
  stalled = 60_000;
  assert.deepEqual([time.now(), time.clockAt(1000)], [0, 61_000]);
});
