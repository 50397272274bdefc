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

const endsOf = (...of: Parameters<typeof successesIn>) =>
  [...successesIn(...of)].map(({ success, share }) => share === 1 ? success.ended_ms : share);

Deno.test("the window runs from the first measured send to the last", () => {
  assert.deepEqual(measuredWindows(level(), 2), [{
    segment: "1",
    start_ms: 100,
    end_ms: 260,
    counts: "parts",
  }]);
});

Deno.test("successes of any phase count by the part of their time that lies within the window", () => {
  const attempts = level();
  // 100..260. The first warm-up request ends at its start. The second took 150, 50 of them inside: 1/3. 100..210 and
  // 150..260 are whole; of 210..320, 50 of 110; 260..380 begins at the end.
  const counted = [...successesIn(measuredWindows(attempts, 2), attempts)];
  assert.deepEqual(counted.map(({ success, share }) => [success.ended_ms, share]), [
    [150, 50 / 150],
    [210, 1],
    [260, 1],
    [320, 50 / 110],
  ]);
});

Deno.test("answers that come in clusters count neither too many nor too few", () => {
  // Four in flight that end together every 100, in rounds of a millisecond; the first round is warm-up. The rate is 4 / 100.
  const attempts = Array.from({ length: 24 }, (_, i) => {
    const [round, slot] = [Math.floor(i / 4), i % 4];
    const phase = round === 0 ? "warmup" : "measure";
    return attempt(round * 100 + slot / 4, (round + 1) * 100 + slot / 4, { phase });
  });
  const windows = measuredWindows(attempts, 4);
  // From the first measured send to the last one.
  assert.deepEqual(windows.map(({ start_ms, end_ms }) => [start_ms, end_ms]), [[100, 500.75]]);
  const shares = [...successesIn(windows, attempts)].reduce((sum, { share }) => sum + share, 0);
  // Whole successes would be 3 of warm-up and 16: 4.7 a window of 100.
  assert.ok(Math.abs(shares / 400.75 - 0.04) < 1e-9, String(shares));
});

Deno.test("failures and cancelled requests are no successes", () => {
  const attempts = level();
  attempts[2] = { ...attempts[2]!, status: "error" };
  attempts[3] = { ...attempts[3]!, status: "cancelled" };
  const counted = [...successesIn(measuredWindows(attempts, 2), attempts)];
  assert.deepEqual(counted.map(({ success }) => success.ended_ms), [150, 320]);
});

Deno.test("no more requests than slots: the window is the measure phase and its successes count", () => {
  const attempts = [attempt(0, 50, { phase: "warmup" }), attempt(60, 160), attempt(70, 190)];
  const windows = measuredWindows(attempts, 2);
  assert.deepEqual(windows, [{ segment: "1", start_ms: 60, end_ms: 190, counts: "measured" }]);
  assert.deepEqual(endsOf(windows, attempts), [160, 190]);
});

Deno.test("one request is a window of its own", () => {
  assert.deepEqual(measuredWindows([attempt(10, 35)], 1), [
    { segment: "1", start_ms: 10, end_ms: 35, counts: "measured" },
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
    { segment: "1", start_ms: 100, end_ms: 260, counts: "parts" },
    { segment: "2", start_ms: 5100, end_ms: 5260, counts: "parts" },
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
  assert.deepEqual(windows, [{ segment: "1", start_ms: 80, end_ms: 380, counts: "ends" }]);
  assert.deepEqual(endsOf(windows, attempts), [170, 290]);
});

Deno.test("in open loop all workers count until the last of them has sent", () => {
  const attempts = [attempt(0, 10), attempt(100, 110, { worker: "2" }), attempt(200, 210)];
  assert.deepEqual(measuredWindows(attempts, null), [{
    segment: "1",
    start_ms: 10,
    end_ms: 210,
    counts: "ends",
  }]);
});

Deno.test("in open loop one request is a window of its own, and one that failed alone shifts nothing", () => {
  assert.deepEqual(measuredWindows([attempt(10, 35)], null), [
    { segment: "1", start_ms: 10, end_ms: 35, counts: "measured" },
  ]);
  const failed = [attempt(0, 10, { status: "error" }), attempt(100, 110, { status: "error" })];
  assert.deepEqual(measuredWindows(failed, null), [{
    segment: "1",
    start_ms: 0,
    end_ms: 100,
    counts: "ends",
  }]);
});
