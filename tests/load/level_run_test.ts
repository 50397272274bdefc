import assert from "node:assert/strict";
import type { Clock, Payload, RequestRecord } from "../../lib/core/mod.ts";
import { InFlight } from "../../lib/load/in_flight.ts";
import { LevelRun } from "../../lib/load/level_run.ts";
import type { LevelSpec } from "../../lib/load/mod.ts";
import { predictorFor } from "../../lib/predict/mod.ts";
import type { Journal } from "../../lib/storage/mod.ts";
import type { Transport } from "../../lib/transport/mod.ts";
import { payload, planOf, spec } from "./made_up.ts";

const answer = JSON.stringify({ choices: [{ message: { content: "a" }, finish_reason: "stop" }] });

/** How the attempt number `n` (from 0) ends: a status of HTTP, on a stale connection, or never. Each takes 10 ms. */
type Ending = (n: number) => number | "stale" | "hang";

interface Options {
  readonly changes?: Partial<LevelSpec>;
  readonly ending?: Ending;
  /** Stops the run when so many attempts have been made. */
  readonly stopAt?: number;
  readonly payloads?: readonly Payload[];
}

/** Runs a level of one worker over a transport that does as told. */
async function run({ changes = {}, ending = () => 200, stopAt, payloads }: Options) {
  const stop = new AbortController();
  const bodies: string[] = [];
  let now = 1000;
  const transport: Transport = {
    clock: "user",
    now: () => now,
    close() {},
    prepare() {},
    connectAhead: () => Promise.resolve(),
    async send({ body }, sink, options) {
      const n = bodies.push(body as string) - 1;
      const sent_ms = now;
      now += 10;
      const times = {
        dns_ms: null,
        connect_ms: null,
        tls_ms: null,
        reused: true,
        ahead: false,
        sent_ms,
        body_sent_ms: sent_ms,
      };
      if (bodies.length === stopAt) stop.abort();
      const status = ending(n);
      if (status === "hang") {
        const signal = options!.signal!;
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
        const failure = { kind: "cancelled", message: "stopped" } as const;
        return { ...times, headers_ms: null, ended_ms: now, status: null, failure };
      }
      if (status === "stale") {
        const failure = { kind: "network", message: "closed", stale: true } as const;
        return { ...times, headers_ms: null, ended_ms: now, status: null, failure };
      }
      sink.onHead({ status, reason: "", headers: new Map([["content-type", "application/json"]]) }, now);
      sink.onData(new TextEncoder().encode(answer), now);
      return { ...times, headers_ms: now, ended_ms: now, status, failure: null };
    },
  };
  const records: RequestRecord[] = [];
  const journal: Journal = {
    append: (record) => void records.push(typeof record === "function" ? record() : record),
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const clock: Clock = {
    now: () => now,
    date: () => new Date(now),
    async sleepUntil(at) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      now = Math.max(now, at);
    },
  };
  const rows = payloads ?? Array.from({ length: 10 }, (_, i) => payload(`p${i}`));
  const { header, requests } = planOf([spec({ stream: false, concurrency: 1, ...changes })]);
  const expected = new Map<string, number>();
  const level = new LevelRun(header.levels[0]!, requests, {
    seed: 1,
    attempts: { transport, segment: "s1", worker: "w0", origin_at_ms: 0, signal: stop.signal },
    inFlight: new InFlight(stop.signal),
    journal,
    payloads: new Map([["p.jsonl", new Map(rows.map((row) => [row.payload_id, row]))]]),
    clock,
    expected,
    predictors: [await predictorFor({ endpoint: header.levels[0]!.endpoint, stream: false })],
  });
  const ended_by = await level.run(5000, stop.signal);
  return { ended_by, records, bodies, expected, level, requests };
}

const open = { arrival: "constant", concurrency: null, rates_rps: [10] } as const;
const statusesOf = (records: readonly RequestRecord[]) =>
  records.map(({ attempt, status, error_kind }) => [attempt, status, error_kind]);

Deno.test("every request is sent once, in order, journalled and counted; the mean service is left for the next level", async () => {
  const { ended_by, records, expected, level, requests } = await run({ changes: { requests: 4 } });
  assert.equal(ended_by, "requests");
  assert.deepEqual(
    records.map(({ request_id, worker, segment }) => [request_id, worker, segment]),
    requests.map(({ request_id }) => [request_id, "w0", "s1"]),
  );
  // 10 ms each.
  assert.deepEqual(level.progress(), { progress: 0, done: 4, errors: 0, cancelled: 0, service_ms: 40 });
  assert.deepEqual([...expected], [["ep-a", 10]]);
});

Deno.test("in open loop rows carry their due time from the level's start", async () => {
  const { records } = await run({ changes: { ...open, requests: 3 } });
  // Due half a gap after the start, then every gap of 100 ms; nothing is late where sending takes 10 ms.
  assert.deepEqual(records.map(({ scheduled_ms, sent_ms }) => [scheduled_ms, sent_ms]), [
    [5050, 5050],
    [5150, 5150],
    [5250, 5250],
  ]);
});

Deno.test("an attempt that is made again is a row of its own and counts once, by its last end", async () => {
  const retry = { attempts: 3, backoff_ms: 1, on: ["throttled"] } as const;
  // The first request is throttled twice, the second one three times: it has failed.
  const { records, level } = await run({
    changes: { requests: 2, retry },
    ending: (n) => n === 2 ? 200 : 429,
  });
  assert.deepEqual(statusesOf(records), [
    [1, "error", "throttled"],
    [2, "error", "throttled"],
    [3, "ok", null],
    [1, "error", "throttled"],
    [2, "error", "throttled"],
    [3, "error", "throttled"],
  ]);
  const { done, errors } = level.progress();
  assert.deepEqual([done, errors], [2, 1]);
});

Deno.test("a stop cancels what is in flight and sends nothing more", async () => {
  const { records, bodies, level } = await run({
    changes: { requests: 9 },
    ending: (n) => n < 2 ? 200 : "hang",
    stopAt: 3,
  });
  assert.equal(bodies.length, 3);
  assert.deepEqual(statusesOf(records), [[1, "ok", null], [1, "ok", null], [1, "cancelled", null]]);
  const { done, errors, cancelled } = level.progress();
  assert.deepEqual([done, errors, cancelled], [3, 0, 1]);
});

Deno.test("a stop during the pause before another attempt ends the request as it stands", async () => {
  const retry = { attempts: 3, backoff_ms: 3_600_000, on: ["throttled"] } as const;
  const { records, level } = await run({ changes: { requests: 5, retry }, ending: () => 429, stopAt: 1 });
  assert.deepEqual(statusesOf(records), [[1, "error", "throttled"]]);
  assert.equal(level.progress().errors, 1);
});

Deno.test("a level of failures is given up", async () => {
  const { ended_by, records } = await run({
    changes: { requests: 100, stop_error_rate: 0.5 },
    ending: () => 500,
  });
  // Judged for the first time when 20 have finished.
  assert.deepEqual([ended_by, records.length], ["error_rate", 20]);
});

Deno.test("latencies of measured successes are told once, and only where the level ends by them", async () => {
  const plain = await run({ changes: { requests: 3 } });
  assert.equal(plain.level.progress().e2e_ms, undefined);
  const { level } = await run({
    changes: { requests: 3, warmup_requests: 2, ci_width: 0.1 },
    ending: (n) => n === 3 ? 500 : 200,
  });
  // Of three measured requests the second one failed.
  assert.deepEqual(level.progress().e2e_ms, [10, 10]);
  assert.equal(level.progress().e2e_ms, undefined);
});

Deno.test("every attempt gets a salt of its own", async () => {
  const retry = { attempts: 2, backoff_ms: 1, on: ["throttled"] } as const;
  const { bodies, requests } = await run({
    changes: { requests: 1, retry, cache_busting: true },
    ending: (n) => n === 0 ? 429 : 200,
  });
  const [{ request_id, payload_id }] = requests as [typeof requests[number]];
  assert.deepEqual(
    bodies.map((body) => JSON.parse(body).messages[0].content),
    [1, 2].map((attempt) => `[${request_id}-${attempt}]\nprompt of ${payload_id}`),
  );
});

Deno.test("a prompt that is missing is a fault of ours and comes out", async () => {
  await assert.rejects(run({ payloads: [] }), /no payload p\d+ in p\.jsonl/);
  await assert.rejects(
    run({ payloads: [], changes: { ...open, requests: 1 } }),
    /no payload p\d+ in p\.jsonl/,
  );
});

Deno.test("a stale connection is a row, and the request goes out again at once; a second one is a failure", async () => {
  const found = await run({ changes: { requests: 1 }, ending: (n) => n === 0 ? "stale" : 200 });
  assert.deepEqual(statusesOf(found.records), [[1, "error", "network"], [2, "ok", null]]);
  // Each attempt took 10 ms and there was no pause: the response time counts both.
  assert.deepEqual(found.records.map(({ response_ms, service_ms }) => [response_ms, service_ms]), [
    [null, null],
    [20, 10],
  ]);
  const twice = await run({ changes: { requests: 1 }, ending: () => "stale" });
  assert.deepEqual(statusesOf(twice.records), [[1, "error", "network"], [2, "error", "network"]]);
  assert.equal(twice.level.progress().errors, 1);
});
