import assert from "node:assert/strict";
import type { StudyGap } from "../../../lib/core/mod.ts";
import { MachineClock } from "../../../lib/load/study/machine_clock.ts";

const begun = Date.UTC(2026, 10, 22);
const hour = 3_600_000;

/** A machine whose clocks a test moves; the time since its start is given in whole seconds. */
function machine(changes: { readonly boots?: boolean } = {}) {
  const at = { mono: 0, boot: 400_123.4, wall: begun };
  const gaps: StudyGap[] = [];
  const clock = new MachineClock({
    mono: () => at.mono,
    boot: () => changes.boots === false ? null : Math.floor(at.boot / 1000) * 1000,
    wall: () => at.wall,
  }, (gap) => gaps.push(gap));
  const pass = (ms: number) => {
    at.mono += ms;
    at.boot += ms;
    at.wall += ms;
    clock.read();
  };
  const sleep = (ms: number) => {
    at.boot += ms;
    at.wall += ms;
  };
  return { at, clock, gaps, pass, sleep };
}
const iso = (ms: number) => new Date(begun + ms).toISOString();

Deno.test("while nothing happens nothing is told, and UTC runs along", () => {
  const { clock, gaps, pass } = machine();
  for (let i = 0; i < 100; i++) pass(700);
  assert.deepEqual(gaps, []);
  assert.equal(clock.utc_ms(5000), begun + 5000);
  assert.equal(clock.now_ms(), begun + 70_000);
});

Deno.test("a sleep is told by the clock that goes on meanwhile; UTC is right before and after it", () => {
  const { clock, gaps, pass, sleep } = machine();
  pass(1000);
  sleep(8 * hour);
  pass(500);
  assert.deepEqual(gaps, [{
    kind: "sleep",
    from_at: iso(1000),
    until_at: iso(1500 + 8 * hour),
    ms: 8 * hour,
    detail: "the machine slept for 8 h 0 min",
  }]);
  assert.equal(clock.utc_ms(900), begun + 900);
  assert.equal(clock.utc_ms(1500), begun + 1500 + 8 * hour);
  assert.ok(clock.sleptSince(1200) && clock.sleptSince(0) && !clock.sleptSince(1501));
  pass(1000);
  assert.equal(gaps.length, 1);
});

Deno.test("a clock that was set is no sleep, whichever way it went; UTC is what it showed at each moment", () => {
  const { at, clock, gaps, pass } = machine();
  pass(1000);
  at.wall += hour;
  pass(1000);
  at.wall -= hour / 2;
  pass(1000);
  assert.deepEqual(
    gaps.map(({ kind, from_at, until_at, ms, detail }) => [kind, from_at, until_at, ms, detail]),
    [
      ["clock_step", iso(2000), iso(2000 + hour), hour, "the clock was set 1 h 0 min forward"],
      ["clock_step", iso(3000 + hour), iso(3000 + hour / 2), -hour / 2, "the clock was set 30 min 0 s back"],
    ],
  );
  assert.deepEqual([900, 2500, 3500].map((ms) => clock.utc_ms(ms) - begun - ms), [0, hour, hour / 2]);
  assert.equal(clock.sleptSince(0), false);
});

Deno.test("a machine that slept and had its clock set on waking has both", () => {
  const { at, gaps, pass, sleep } = machine();
  sleep(2 * hour);
  at.wall += hour;
  pass(1000);
  assert.deepEqual(gaps.map(({ kind }) => kind), ["sleep", "clock_step"]);
  // The time since the machine's start is known to a second.
  assert.ok(Math.abs(gaps[0]!.ms - 2 * hour) <= 1000 && Math.abs(gaps[1]!.ms - hour) <= 1000);
});

Deno.test("where nothing goes on during sleep, a wall clock that is ahead is taken for one", () => {
  const { gaps, pass, sleep, at } = machine({ boots: false });
  sleep(hour);
  pass(1000);
  at.wall -= hour;
  pass(1000);
  assert.deepEqual(gaps.map(({ kind, ms }) => [kind, ms]), [["sleep", hour], ["clock_step", -hour]]);
});

Deno.test("a program that was held for long has a gap too, and its schedule stands still for it", () => {
  const { clock, gaps, pass } = machine();
  pass(20_000);
  assert.deepEqual([gaps, clock.stalled_ms], [[], 0]);
  pass(100_000);
  assert.deepEqual(gaps.map(({ kind, ms, detail }) => [kind, ms, detail]), [
    ["sleep", 99_000, "this program stood still for 1 min 39 s"],
  ]);
  assert.equal(clock.stalled_ms, 99_000);
});

Deno.test("a small correction of the clock is followed without a word", () => {
  const { at, clock, gaps, pass } = machine();
  at.wall += 300;
  pass(1000);
  assert.deepEqual(gaps, []);
  assert.equal(clock.utc_ms(1000), begun + 1300);
});
