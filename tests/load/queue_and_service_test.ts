/** Queue and service add up to the response, on the rows as they are journalled. */

import assert from "node:assert/strict";
import type { RequestRecord } from "../../lib/core/mod.ts";
import { sendLevel } from "../bench/load_run.ts";
import { response, type Script, scriptedServer } from "../transport/scripted_server.ts";

const service_ms = 50;
const answer = response(
  JSON.stringify({ choices: [{ message: { content: "a" }, finish_reason: "stop" }] }),
  "200 OK",
  "application/json",
);
const throttled = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 0.1\r\ncontent-length: 0\r\n\r\n";

const answering: Script = async ({ send, pause }) => {
  await pause(service_ms);
  await send(answer);
};

const us = (ms: number | null) => Math.round(ms! * 1000);

/** To the microsecond that a row resolves: each of the three is rounded for itself. */
function assertAddsUp(records: readonly RequestRecord[]): void {
  for (const { scheduled_ms, sent_ms, ended_ms, send_lag_ms, service_ms, response_ms } of records) {
    assert.equal(us(response_ms), us(sent_ms) - us(scheduled_ms) + us(service_ms));
    assert.equal(us(response_ms), us(send_lag_ms) + us(service_ms));
    assert.equal(us(response_ms), us(ended_ms) - us(scheduled_ms));
  }
}

Deno.test("with one in flight the service stays what it is and the response grows by what each request waits longer", async () => {
  using server = scriptedServer(answering);
  const { records, outcome } = await sendLevel(`${server.url}/v1`, {
    arrival: "constant",
    concurrency: null,
    rates_rps: [100],
    requests: 11,
    max_in_flight: 1,
  });
  assert.equal(outcome.ok, 11);
  assertAddsUp(records);
  const inOrder = records.toSorted((a, b) => a.scheduled_ms! - b.scheduled_ms!);
  for (const [i, { scheduled_ms, service_ms, response_ms }] of inOrder.entries()) {
    // Due every 10 ms, answered every 50 ms at best: request i has waited for i answers, 10 i of their 50 i ms not yet due.
    // A timer of whole milliseconds may be one early.
    assert.ok(response_ms! >= 39 * i + service_ms! - 0.01, `${i}: ${response_ms}`);
    assert.ok(service_ms! >= 49, `${i}: ${service_ms}`);
    if (i === 0) continue;
    const before = inOrder[i - 1]!;
    assert.equal(us(scheduled_ms) - us(before.scheduled_ms), 10_000);
    assert.ok(records[i]!.sent_ms! >= records[i - 1]!.ended_ms!, "one at a time");
  }
  assert.ok(inOrder[10]!.response_ms! >= 39 * 10 + 49);
});

for (const max_in_flight of [null, 2]) {
  Deno.test(`with retries the pauses are queue, the service is the last attempt's (${max_in_flight ?? "no"} cap)`, async () => {
    const asked = new Set<string>();
    using server = scriptedServer((on) => {
      const prompt = /prompt of p\d+/.exec(on.seen.body)![0];
      if (asked.has(prompt)) return answering(on);
      asked.add(prompt);
      return on.send(throttled);
    });
    const { records, outcome } = await sendLevel(`${server.url}/v1`, {
      arrival: "constant",
      concurrency: null,
      rates_rps: [100],
      requests: 8,
      max_in_flight,
      retry: { attempts: 2, backoff_ms: 1, on: ["throttled"] },
    });
    assert.deepEqual([outcome.planned, outcome.ok, records.length, server.requests.length], [8, 8, 16, 16]);
    const [first, last] = [1, 2].map((number) => records.filter(({ attempt }) => attempt === number)) as [
      RequestRecord[],
      RequestRecord[],
    ];
    assertAddsUp(last);
    for (const { response_ms, service_ms, error_kind } of first) {
      assert.deepEqual([response_ms, service_ms, error_kind], [null, null, "throttled"]);
    }
    for (const row of last) {
      const before = first.find(({ request_id }) => request_id === row.request_id)!;
      assert.equal(before.scheduled_ms, row.scheduled_ms, "both were due at one time");
      // The pause that the server asked for, 100 ms, after the first attempt had ended; timers know whole milliseconds.
      assert.ok(row.sent_ms! - before.ended_ms! >= 99, `${row.sent_ms! - before.ended_ms!}`);
      assert.ok(row.service_ms! >= 49 && row.response_ms! - row.service_ms! >= 99, `${row.response_ms}`);
    }
    if (max_in_flight === null) return;
    // Two at a time, each for 150 ms at least, pause included: the last pair has waited for three others.
    const longest = Math.max(...last.map(({ response_ms }) => response_ms!));
    assert.ok(longest >= 4 * 150 - 80, `${longest}`);
  });
}
