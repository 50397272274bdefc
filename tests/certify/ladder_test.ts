import { deepEqual, equal, ok } from "node:assert/strict";
import { arrivalsOf, certifyPayloads, ladderFor, planLadder, requestsOf } from "../../lib/certify/mod.ts";
import { endpoint } from "../load/made_up.ts";

Deno.test("the ladder of a plan is its highest concurrency and rate, and the two steps beyond", () => {
  const streams = (load: number) => ladderFor({ streams: load, rate_rps: null });
  deepEqual(streams(16), { streams: [16, 64, 200], rates_rps: [] });
  deepEqual(streams(1).streams, [1, 16, 64]);
  deepEqual(streams(100).streams, [100, 200, 500]);
  deepEqual(streams(5000).streams, [5000]);
  deepEqual(ladderFor({ streams: null, rate_rps: 75 }), { streams: [], rates_rps: [75, 200, 500] });
  // What holds for 10 a second holds for one in two seconds, which would take too long to judge.
  deepEqual(ladderFor({ streams: 2, rate_rps: 0.5 }), { streams: [2, 16, 64], rates_rps: [10, 50, 200] });
});

Deno.test("an open rung has the arrivals of its share of the time, a fifth of them for warm-up", () => {
  // (5 s - 0.6 s) / 2 - 0.54 s = 1.66 s: 166 arrivals at 100/s, 33 and 132 of them.
  deepEqual(arrivalsOf(100, 5, 2), { warmup: 33, measured: 132 });
  // There is no time at all.
  deepEqual(arrivalsOf(10, 0.5, 1), { warmup: 1, measured: 5 });
});

Deno.test("rates follow the streams in the plan, as Poisson arrivals", () => {
  const ladder = { streams: [2], rates_rps: [20, 10] };
  const { header, requests } = planLadder({ ladder, seconds: 5, endpoint: endpoint() });
  deepEqual(
    header.levels.map((
      { arrival, concurrency, request_rate_rps },
    ) => [arrival, concurrency, request_rate_rps]),
    [
      ["closed", 2, null],
      ["poisson", null, 10],
      ["poisson", null, 20],
    ],
  );
  // (5 s - 0.6 s) / 3 - 0.54 s = 0.927 s: 9.27 arrivals at 10/s, 1 + 7; 18.5 at 20/s, 3 + 14.
  deepEqual([1, 2].map((level) => requests.filter((request) => request.level === level).length), [8, 17]);
});

Deno.test("a rung has as many requests as its share of the time holds, at least one a stream, and enough to judge", () => {
  // (10 s - 0.6 s) / 2 = 4.7 s; less 0.54 s for the longest answer at the end: 4.16 s / 0.42 s = 9.9 rounds, one of them
  // warm-up: 16 x 8.9 = 142.
  equal(requestsOf(16, 10, 2), 142);
  // (1 s - 0.6 s - 0.54 s) is less than nothing.
  equal(requestsOf(16, 1, 1), 16);
  equal(requestsOf(1, 1, 1), 5);
});

Deno.test("the plan climbs: rungs in ascending order, each once, each stream warmed up", () => {
  const { header, requests } = planLadder({
    ladder: { streams: [8, 6, 8], rates_rps: [] },
    seconds: 1,
    endpoint: endpoint(),
  });
  deepEqual(header.levels.map(({ level, concurrency }) => [level, concurrency]), [[0, 6], [1, 8]]);
  // One request a stream for warm-up and one to measure: 2 x 6 + 2 x 8.
  equal(requests.length, 28);
  deepEqual(requests.map(({ level, phase }) => `${level} ${phase}`).slice(5, 13), [
    "0 warmup",
    ...Array(6).fill("0 measure"),
    "1 warmup",
  ]);
  equal(new Set(requests.map(({ request_id }) => request_id)).size, 28);
});

Deno.test("prompts differ, and have 1,000 characters", () => {
  const payloads = certifyPayloads();
  equal(new Set(payloads.map(({ payload_id }) => payload_id)).size, payloads.length);
  ok(payloads.every(({ prompt }) => prompt.length === 1000));
});
