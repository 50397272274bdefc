import { deepEqual, equal, ok } from "node:assert/strict";
import { certifyPayloads, ladderFor, planLadder, requestsOf } from "../../lib/certify/mod.ts";
import { endpoint } from "../load/made_up.ts";

Deno.test("the ladder of a plan is its highest concurrency and the two steps beyond", () => {
  deepEqual(ladderFor(16), [16, 64, 200]);
  deepEqual(ladderFor(1), [1, 16, 64]);
  deepEqual(ladderFor(100), [100, 200, 500]);
  deepEqual(ladderFor(5000), [5000]);
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
  const { header, requests } = planLadder({ streams: [8, 6, 8], seconds: 1, endpoint: endpoint() });
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
