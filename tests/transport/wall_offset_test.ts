import assert from "node:assert/strict";
import { WallOffset } from "../../lib/transport/wall_offset.ts";

/** Two clocks in the hand: every reading takes a microsecond. */
function clocks() {
  const state = { mono: 1000, step: 500_000 };
  const tick = () => state.mono += 0.001;
  return { state, mono: tick, wall: () => tick() + state.step };
}

/** Within the three readings' three microseconds. */
const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) <= 0.003, `${actual} is not ${expected}`);

Deno.test("a stamp becomes the monotonic time of the same moment", () => {
  const pair = clocks();
  const offset = new WallOffset(pair);
  pair.state.mono = 2000;
  const now = offset.observe();
  // The wall clock showed 501,990 when the monotonic one showed 1,990.
  near(offset.convert(501_990, 1900, now), 1990);
});

Deno.test("a wall clock that is set by an hour in either direction changes nothing", () => {
  for (const hour_ms of [3_600_000, -3_600_000]) {
    const pair = clocks();
    const offset = new WallOffset(pair);
    pair.state.mono = 2000;
    offset.observe();
    pair.state.step += hour_ms;
    pair.state.mono = 2010;
    const now = offset.observe();
    // Arrived at 2,004, before the step, read after it; then one that arrived after the step at 2,008.
    near(offset.convert(502_004, 1900, now), 2004);
    near(offset.convert(502_008 + hour_ms, 1900, now), 2008);
  }
});

Deno.test("a stamp that fits neither offset, and none at all, become the time of the read", () => {
  const pair = clocks();
  const offset = new WallOffset(pair);
  pair.state.mono = 2000;
  const now = offset.observe();
  near(offset.convert(700_000, 1900, now), pair.state.mono);
  near(offset.convert(NaN, 1900, now), pair.state.mono);
  // Before the request was sent.
  near(offset.convert(501_899, 1900, now), pair.state.mono);
});

Deno.test("a slow step that stays below suspicion is found at the next regular look", () => {
  const pair = clocks();
  const offset = new WallOffset(pair);
  pair.state.step += 0.4;
  pair.state.mono = 2100;
  const now = offset.observe();
  near(offset.convert(502_090.4, 1900, now), 2090);
});
