import assert from "node:assert/strict";
import { type MeasuredWindow, measuredWindows, rateEstimate } from "../../lib/metrics/mod.ts";
import { closedLoop } from "./closed_loop.ts";

const window = (counts: MeasuredWindow["counts"]): MeasuredWindow => ({
  segment: "1",
  start_ms: 0,
  end_ms: 10_000,
  counts,
});

const request = (sent_ms: number, ended_ms: number) => ({
  request_id: null,
  segment: "1",
  worker: "1",
  phase: "measure",
  status: "ok",
  sent_ms,
  ended_ms,
});

/** Ends of requests: so many in each of ten seconds. */
const ends = (perSecond: (second: number) => number) =>
  Array.from({ length: 10 }, (_, second) =>
    Array.from(
      { length: perSecond(second) },
      (_, i) => request(0, second * 1000 + (i + 1) * 1000 / perSecond(second)),
    )).flat();

Deno.test("the rate is what ends within the window, its interval that of ten blocks", () => {
  // 30 successes make 10 blocks of 2 and 4: mean 3, s^2 = 10/9, 2.2622 x sqrt(1/9) = 0.7541.
  const found = rateEstimate([window("ends")], ends((second) => second % 2 === 0 ? 2 : 4))!;
  assert.deepEqual([found.value, found.n, found.flagged], [3, 30, false]);
  assert.equal(found.low!.toFixed(3), "2.246");
  assert.equal(found.high!.toFixed(3), "3.754");
});

Deno.test("an even rate has no spread", () => {
  const { value, low, high } = rateEstimate([window("ends")], ends(() => 3))!;
  assert.deepEqual([value, low, high], [3, 3, 3]);
});

Deno.test("of a full level a success counts by the part of its time that lies in each block", () => {
  // 29 of a third of a second each, and one that takes the last third and as long again after the window.
  const chain = Array.from({ length: 29 }, (_, i) => request(i * 1000 / 3, (i + 1) * 1000 / 3));
  const { value, n } = rateEstimate([window("parts")], [...chain, request(29_000 / 3, 31_000 / 3)])!;
  assert.equal(value!.toFixed(9), "2.950000000");
  assert.equal(n, 30);
});

Deno.test("too few successes, or a level that never filled, have a rate without an interval", () => {
  const few = rateEstimate([window("ends")], ends((second) => second < 9 ? 3 : 2))!;
  assert.deepEqual(few, { value: 2.9, low: null, high: null, n: 29, flagged: true });
  const short = rateEstimate([window("measured")], ends(() => 10))!;
  assert.deepEqual(short, { value: 10, low: null, high: null, n: 100, flagged: true });
  assert.equal(rateEstimate([], []), null);
});

Deno.test("of 200 closed loops with a true rate of 8/s the interval holds it in 180 at least", () => {
  let held = 0;
  for (let seed = 0; seed < 200; seed++) {
    const attempts = closedLoop({ concurrency: 8, warmup: 8, requests: 400, mean_ms: 1000, seed });
    const { low, high } = rateEstimate(measuredWindows(attempts, 8), attempts)!;
    if (low! <= 8 && 8 <= high!) held++;
  }
  assert.ok(held >= 180 && held <= 199, `${held}`);
});
