import { deepEqual, equal } from "node:assert/strict";
import { errorFigure, measureRung, type RungEvidence } from "../../lib/certify/mod.ts";
import type { PlannedRequest, RequestRecord } from "../../lib/core/mod.ts";
import type { Truth } from "../../lib/simulate/mod.ts";
import { record } from "../load/made_up.ts";

const planned = (...phases: PlannedRequest["phase"][]) =>
  phases.map((phase, index): PlannedRequest => ({
    request_id: `r${index}`,
    level: 0,
    index,
    phase,
    due_ms: null,
    payload_id: "p",
    prompt_use: 1,
    slot: 0,
  }));

/** Three tokens, sent 100, 120 and 140.5 ms after the request had come. */
function truth(changes: Partial<Truth> = {}): Truth {
  return {
    n: 1,
    received_ms: 0,
    first_send_ms: 100,
    last_send_ms: 140.5,
    done_ms: 141,
    deadline_error_ms_max: 0.5,
    ttft_ms: 100,
    prompt_tokens: 250,
    completion_tokens: 3,
    status: 200,
    right: null,
    request_id: "s1",
    prompt_key: null,
    prompt_use: 1,
    fault: null,
    shapes: [],
    served_latency: null,
    frozen_ms: 0,
    sent_us: [100_000, 120_000, 140_500],
    late_us: [100, 0, 500],
    ...changes,
  };
}

const seen = (changes: Partial<RequestRecord> = {}) =>
  record({
    phase: "measure",
    server_request_id: "s1",
    sent_ms: 1000,
    ended_ms: 1150,
    ttft_ms: 100.25,
    itl_us: [20_100, 20_300],
    chunks: 3,
    ...changes,
  });

function evidence(changes: Partial<RungEvidence> = {}): RungEvidence {
  return {
    rate_rps: null,
    streams: 16,
    planned: planned("warmup", "measure", "measure"),
    records: [seen()],
    truths: new Map([["s1", truth()]]),
    cpuBetween: () => null,
    lagsBetween: () => [],
    ...changes,
  };
}

Deno.test("TTFT and every gap are held against the endpoint's log, request by request", () => {
  const { ttft_error, itl_error, truth_late, planned, requests } = measureRung(evidence());
  // 100.25 - 100
  deepEqual(ttft_error, { p50_ms: 0.25, p99_ms: null, max_ms: 0.25, n: 1 });
  // |20.1 - 20| = 0.1 and |20.3 - 20.5| = 0.2; the median lies between.
  deepEqual(itl_error, { p50_ms: 0.15, p99_ms: null, max_ms: 0.2, n: 2 });
  deepEqual(truth_late, { p50_ms: 0.1, p99_ms: null, max_ms: 0.5, n: 3 });
  // Warm-up is not counted.
  deepEqual([planned, requests], [2, 1]);
});

Deno.test("warm-up, failed and cancelled requests are in no error", () => {
  const records = [
    seen({ phase: "warmup", ttft_ms: 900 }),
    seen({ status: "error", ttft_ms: 900 }),
    seen({ status: "cancelled", ttft_ms: 900 }),
  ];
  const { ttft_error, itl_error, truth_late, requests, failed } = measureRung(evidence({ records }));
  deepEqual([ttft_error, itl_error, truth_late, requests, failed], [null, null, null, 0, 1]);
});

Deno.test("a request that the log does not know, or gaps that do not pair up, give no error", () => {
  const stranger = evidence({ records: [seen({ server_request_id: "s9" })] });
  deepEqual(measureRung(stranger).ttft_error, null);
  const short = evidence({ records: [seen({ itl_us: [40_000] })] });
  deepEqual([measureRung(short).itl_error, measureRung(short).ttft_error?.n], [null, 1]);
});

Deno.test("events and CPU are those of the whole rung, warm-up included, from first send to last end", () => {
  const records = [seen({ phase: "warmup", sent_ms: 500, ended_ms: 700 }), seen()];
  const asked: number[][] = [];
  const measured = measureRung(evidence({
    records,
    cpuBetween: (from, to) => asked.push([from, to]) * 1.5,
    lagsBetween: (from, to) => asked.push([from, to]) > 0 ? Array(100).fill(2) : [],
  }));
  deepEqual(asked, [[500, 1150], [500, 1150]]);
  // 6 chunks in 0.65 s; 1.5 ms of CPU for 6 chunks.
  deepEqual([measured.events_per_s, measured.cpu_us_per_event], [9.231, 250]);
  equal(measured.loop_lag_p99_ms, 2);
});

Deno.test("the schedule error is the distance from the due time, early or late; none in closed loop", () => {
  equal(measureRung(evidence()).schedule_error, null);
  const records = [seen({ send_lag_ms: 0.5 }), seen({ send_lag_ms: -0.25 })];
  deepEqual(measureRung(evidence({ records })).schedule_error, {
    p50_ms: 0.375,
    p99_ms: null,
    max_ms: 0.5,
    n: 2,
  });
});

Deno.test("a p99 takes 100 samples", () => {
  equal(errorFigure([]), null);
  equal(errorFigure(Array.from({ length: 99 }, (_, i) => i))!.p99_ms, null);
  // 0 .. 99: rank 0.99 x 99 = 98.01.
  equal(errorFigure(Array.from({ length: 100 }, (_, i) => i))!.p99_ms, 98.01);
});
