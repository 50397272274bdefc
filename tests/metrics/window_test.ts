import assert from "node:assert/strict";
import { measuredWindows, successesIn } from "../../lib/metrics/mod.ts";

let serial = 0;
const attempt = (sent_ms: number | null, ended_ms: number | null, more: Partial<typeof base> = {}) => ({
  ...base,
  request_id: `r${serial++}`,
  sent_ms,
  ended_ms,
  ...more,
});
const base = { request_id: "", segment: "1", worker: "1", phase: "measure", status: "ok" };

// Two in flight: one warm-up request each, then measured ones sent at the moment the last ended.
const level = () => [
  attempt(0, 100, { phase: "warmup" }),
  attempt(0, 150, { phase: "warmup" }),
  attempt(100, 210),
  attempt(150, 260),
  attempt(210, 320),
  attempt(260, 380),
];

Deno.test("the window runs from the first measured send to the last", () => {
  assert.deepEqual(measuredWindows(level(), 2), [{ segment: "1", start_ms: 100, end_ms: 260, steady: true }]);
});

Deno.test("successes of any phase count when they ended after the start and not after the end", () => {
  const attempts = level();
  // Ends: 100 at the start: outside; 150 (warm-up), 210 and 260 (at the end): inside; 320, 380: outside.
  const counted = successesIn(measuredWindows(attempts, 2), attempts).map(({ ended_ms }) => ended_ms);
  assert.deepEqual(counted, [150, 210, 260]);
});

Deno.test("failures and cancelled requests are no successes", () => {
  const attempts = level();
  attempts[2] = { ...attempts[2]!, status: "error" };
  attempts[3] = { ...attempts[3]!, status: "cancelled" };
  assert.deepEqual(successesIn(measuredWindows(attempts, 2), attempts).length, 1);
});

Deno.test("no more requests than slots: the window is the measure phase and its successes count", () => {
  const attempts = [attempt(0, 50, { phase: "warmup" }), attempt(60, 160), attempt(70, 190)];
  const windows = measuredWindows(attempts, 2);
  assert.deepEqual(windows, [{ segment: "1", start_ms: 60, end_ms: 190, steady: false }]);
  assert.deepEqual(successesIn(windows, attempts).map(({ ended_ms }) => ended_ms), [160, 190]);
});

Deno.test("one request is a window of its own", () => {
  assert.deepEqual(measuredWindows([attempt(10, 35)], 1), [
    { segment: "1", start_ms: 10, end_ms: 35, steady: false },
  ]);
});

Deno.test("nothing measured, no window", () => {
  assert.deepEqual(measuredWindows([], 1), []);
  assert.deepEqual(measuredWindows([attempt(0, 50, { phase: "warmup" })], 1), []);
  assert.deepEqual(measuredWindows([attempt(null, null, { status: "cancelled" })], 1), []);
});

Deno.test("each segment has its own window on its own time line", () => {
  const second = level().map((one) => ({
    ...one,
    segment: "2",
    sent_ms: one.sent_ms! + 5000,
    ended_ms: one.ended_ms! + 5000,
  }));
  assert.deepEqual(measuredWindows([...level(), ...second], 2), [
    { segment: "1", start_ms: 100, end_ms: 260, steady: true },
    { segment: "2", start_ms: 5100, end_ms: 5260, steady: true },
  ]);
});

Deno.test("a retry does not extend the window", () => {
  const attempts = level();
  const retried = attempt(400, 500, { request_id: attempts[5]!.request_id });
  assert.equal(measuredWindows([...attempts, retried], 2)[0]!.end_ms, 260);
});

Deno.test("with two workers the window ends with the first one's last measured send", () => {
  const attempts = level();
  // Worker 1 sends at 100, 210, 260, worker 2 at 150 and 205.
  attempts[3] = { ...attempts[3]!, worker: "2" };
  attempts.splice(4, 0, attempt(205, 300, { worker: "2" }));
  assert.equal(measuredWindows(attempts, 2)[0]!.end_ms, 205);
});

Deno.test("in open loop the window is as long as the sending took, later by the median service time", () => {
  // Sent at 0, 100, 200, 300 for 50, 70, 90 and 4000 ms: the median is (70 + 90) / 2 = 80. The late one stretches nothing.
  const attempts = [attempt(0, 50), attempt(100, 170), attempt(200, 290), attempt(300, 4300)];
  const windows = measuredWindows(attempts, null);
  assert.deepEqual(windows, [{ segment: "1", start_ms: 80, end_ms: 380, steady: true }]);
  assert.deepEqual(successesIn(windows, attempts).map(({ ended_ms }) => ended_ms), [170, 290]);
});

Deno.test("in open loop all workers count until the last of them has sent", () => {
  const attempts = [attempt(0, 10), attempt(100, 110, { worker: "2" }), attempt(200, 210)];
  assert.deepEqual(measuredWindows(attempts, null), [{
    segment: "1",
    start_ms: 10,
    end_ms: 210,
    steady: true,
  }]);
});

Deno.test("in open loop one request is a window of its own, and one that failed alone shifts nothing", () => {
  assert.deepEqual(measuredWindows([attempt(10, 35)], null), [
    { segment: "1", start_ms: 10, end_ms: 35, steady: false },
  ]);
  const failed = [attempt(0, 10, { status: "error" }), attempt(100, 110, { status: "error" })];
  assert.deepEqual(measuredWindows(failed, null), [{ segment: "1", start_ms: 0, end_ms: 100, steady: true }]);
});
