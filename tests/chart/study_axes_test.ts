import assert from "node:assert/strict";
import { changeAxis, showChangeTick } from "../../lib/chart/change_axis.ts";
import { placeGaps } from "../../lib/chart/study_gaps.ts";
import { showTimeTick, timeAxis } from "../../lib/chart/time_axis.ts";

Deno.test("the axis of changes holds all of them and no change, and has room on both sides", () => {
  for (const changes of [[-0.2, -0.23, -0.17], [0.5], [-0.9, 4], [0.002, -0.001], []]) {
    const { domain: [low, high], ticks } = changeAxis(changes);
    for (const change of [0, ...changes]) assert.ok(low < 1 + change && 1 + change < high, `${change}`);
    assert.ok(ticks.includes(1), `${ticks}`);
    assert.ok(ticks.length >= 2 && ticks.length <= 10, `${ticks}`);
    assert.ok(ticks.every((tick) => tick >= low && tick <= high));
  }
  // Of -20 % alone the other side goes as far as 0.8 to the power of -0.55: +13 %.
  assert.ok(changeAxis([-0.2]).domain[1] > 1.13);
});

Deno.test("ticks of changes are percent with a sign", () => {
  assert.deepEqual([0.5, 0.995, 1, 1.25, 5].map(showChangeTick), ["−50", "−0.5", "0", "+25", "+400"]);
});

Deno.test("the time axis has its ticks at full minutes, hours or days, UTC", () => {
  const from = Date.UTC(2026, 10, 16, 6, 20);
  const ticks = (hours: number) => timeAxis(from, from + hours * 3_600_000).ticks.map(showTimeTick);
  assert.deepEqual(ticks(0.1), ["06:20", "06:21", "06:22", "06:23", "06:24", "06:25", "06:26"]);
  assert.deepEqual(ticks(24), ["09:00", "12:00", "15:00", "18:00", "21:00", "17 Nov", "03:00", "06:00"]);
  assert.equal(ticks(7 * 24)[0], "17 Nov");
  assert.equal(timeAxis(from, from).domain[1] - from, 60_000, "an axis has a length");
});

Deno.test("gaps too short to be seen get three pixels; names that would overlap go a line up, or away", () => {
  const axis = timeAxis(0, 100_000);
  const gap = (s: number) => ({
    ...{ kind: "network" as const, ms: 1, detail: "" },
    from_at: new Date(s * 1000).toISOString(),
    until_at: new Date(s * 1000 + 1).toISOString(),
  });
  // 100 s on 1,000 pixels: a second is ten pixels, a millisecond would be nothing.
  const placed = placeGaps([gap(50), gap(51), gap(52), gap(90)], axis, 1000, 2);
  assert.ok(placed.every(({ from, until }) => until - from >= 300));
  assert.deepEqual(placed.map(({ line }) => line), [0, 1, null, 0]);
});
