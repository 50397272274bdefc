/** A study over a transport that does as told, on a clock that jumps. */

import assert from "node:assert/strict";
import type { RequestRecord, StudyGap } from "../../../lib/core/mod.ts";
import { InFlight } from "../../../lib/load/in_flight.ts";
import { StudyRun } from "../../../lib/load/study/study_run.ts";
import { predictorFor } from "../../../lib/predict/mod.ts";
import type { SendResult, Transport } from "../../../lib/transport/mod.ts";
import { FakeClock } from "../fake_clock.ts";
import { payload } from "../made_up.ts";
import { lines, schedule, studyPlan, variant } from "./made_up.ts";

const minute = 60_000;
const answer = JSON.stringify({
  choices: [{ message: { content: "a" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 4, completion_tokens: 6 },
});
const expired = JSON.stringify({ error: { message: "ExpiredTokenException: over" } });

/** How a call ends that is sent at `now`: a status of HTTP, or lost. Each takes 100 ms. */
type Ending = (now: number, n: number) => number | "lost";

interface Options {
  readonly plan?: Parameters<typeof studyPlan>[0];
  readonly ending?: Ending;
  /** Keys that are valid until a moment; `renew` gives the next. Absent: no keys are needed. */
  readonly keys?: { until: number; renew(now: number): number | null };
  /** Moments at which the machine was found to have slept. */
  readonly slept?: (from: number) => boolean;
  readonly enoughAt?: number;
}

async function run({ plan: changes = {}, ending = () => 200, keys, slept = () => false, enoughAt }: Options) {
  const clock = new FakeClock();
  const gaps: StudyGap[] = [];
  const notices: string[] = [];
  const ahead: number[] = [];
  const sent: number[] = [];
  const stop = new AbortController();
  const enough = new AbortController();
  const transport: Transport = {
    clock: "user",
    now: clock.now,
    prepare() {},
    connectAhead: () => Promise.resolve(void ahead.push(clock.now())),
    close() {},
    async send(_request, sink): Promise<SendResult> {
      const sent_ms = clock.now();
      const end = ending(sent_ms, sent.push(sent_ms) - 1);
      await clock.sleepUntil(sent_ms + 100);
      const times = {
        dns_ms: null,
        connect_ms: null,
        tls_ms: null,
        reused: false,
        ahead: true,
        sent_ms,
        body_sent_ms: sent_ms,
      };
      const ended_ms = clock.now();
      if (end === "lost") {
        const failure = { kind: "network", message: "no route" } as const;
        return { ...times, headers_ms: null, ended_ms, status: null, failure };
      }
      sink.onHead(
        { status: end, reason: "", headers: new Map([["content-type", "application/json"]]) },
        ended_ms,
      );
      sink.onData(new TextEncoder().encode(end === 403 ? expired : answer), ended_ms);
      return { ...times, headers_ms: ended_ms, ended_ms, status: end, failure: null };
    },
  };
  const records: RequestRecord[] = [];
  const plan = studyPlan({
    levels: [variant("a", { stream: false }), variant("b", { stream: false })],
    ...changes,
  });
  const inFlight = new InFlight(stop.signal);
  const predictor = await predictorFor({ endpoint: plan.header.levels[0]!.endpoint, stream: false });
  let current = keys === undefined ? null : { expires_at_ms: keys.until };
  const study = new StudyRun({
    seed: 1,
    schedule: plan.header.study!,
    levels: plan.header.levels,
    requests: plan.requests,
    contextOf: () => ({
      seed: 1,
      attempts: { transport, segment: "s1", worker: "w0", origin_at_ms: 0, signal: stop.signal },
      inFlight,
      journal: {
        append: (record) => void records.push(typeof record === "function" ? record() : record),
        flush: () => Promise.resolve(),
        close: () => Promise.resolve(),
      },
      payloads: new Map([["p.jsonl", new Map(["p", "q", "r"].map((id) => [id, payload(id)]))]]),
      predictors: [predictor],
    }),
    clock,
    machine: { read() {}, sleptSince: slept, utc_ms: (at) => at, stalled_ms: 0 },
    keys: {
      needed: () => keys !== undefined,
      current: () => current,
      renew() {
        const until = keys!.renew(clock.now());
        if (until !== null) current = { expires_at_ms: until };
      },
    },
    onGap: (gap) => gaps.push(gap),
    onNotice: (notice) => notices.push(notice),
  });
  if (enoughAt !== undefined) clock.sleepUntil(enoughAt).then(() => enough.abort());
  const running = study.run(stop.signal, enough.signal);
  await clock.run(running);
  const told = gaps.map(({ kind, from_at, until_at, ms }) => ({
    kind,
    from: Date.parse(from_at),
    until: until_at === null ? null : Date.parse(until_at),
    ms,
  }));
  return { plan, study, ends: [...await running], records, gaps: told, notices, sent, ahead };
}

const attemptsOf = (records: readonly RequestRecord[]) =>
  records.map(({ attempt, status, error_kind }) => [attempt, status, error_kind]);
const perMinute = { calls_per_minute: 1 };

Deno.test("every call is made once, and its connection is seen to just before", async () => {
  const { plan, study, ends, records, ahead, sent } = await run({});
  assert.deepEqual(
    records.map(({ request_id }) => request_id),
    plan.requests.map(({ request_id }) => request_id),
  );
  assert.deepEqual(
    ends,
    [[0, "requests"], [1, "requests"]].filter(([level]) => ends.some(([own]) => own === level)).sort((a, b) =>
      ends.findIndex(([own]) => own === a[0]) - ends.findIndex(([own]) => own === b[0])
    ),
  );
  assert.ok(sent.every((at) => ahead.includes(at)));
  // 12 and 8 calls of 100 ms.
  assert.deepEqual(
    study.progress().map(({ progress, done, errors, service_ms }) => [progress, done, errors, service_ms]),
    [
      [0, 12, 0, 1200],
      [1, 8, 0, 800],
    ],
  );
  assert.match(study.news().last!, /^[ab]: E2E 0\.1 s$/);
  assert.equal(study.news().left_s, 0);
});

Deno.test("quotas are waited for: never more than two calls a minute, nor more tokens than allowed", async () => {
  const quota = { levels: [0, 1], requests_per_minute: 2, tokens_per_minute: null };
  const { sent } = await run({
    plan: { rounds: 1, schedule: schedule({ pause_ms: 0, parallel_calls: 3, quotas: [quota] }) },
  });
  assert.deepEqual(
    sent,
    Array.from({ length: 10 }, (_, k) => Math.floor(k / 2) * minute + (k % 2 === 0 ? 0 : sent[1]!)),
  );
  const tokens = { levels: [0, 1], requests_per_minute: null, tokens_per_minute: 100 };
  const asked = await run({
    plan: { rounds: 1, schedule: schedule({ pause_ms: 0, parallel_calls: 3, quotas: [tokens] }) },
  });
  // Each may take 4 + 50 tokens and takes 10: one at a time, until 5 have taken 50 and the next could make more than 100.
  assert.deepEqual(asked.sent.slice(0, 5), [0, 100, 200, 300, 400]);
  assert.ok(asked.sent[5]! >= minute);
});

Deno.test("two variants that reach nobody in a row are an outage: one call is tried at a time, then all that failed are sent again", async () => {
  const out = (now: number) => now >= 2 * minute && now < 12 * minute;
  const { gaps, records, plan, sent } = await run({
    plan: {
      rounds: 3,
      scenarios: lines("a:p", "b:p"),
      schedule: schedule({ ...perMinute, parallel_calls: 4 }),
    },
    ending: (now) => out(now) ? "lost" : 200,
  });
  assert.equal(plan.requests.length, 12);
  assert.equal(records.filter(({ status }) => status === "ok").length, 12);
  const [gap, ...others] = gaps;
  assert.deepEqual(others, []);
  assert.equal(gap!.kind, "network");
  assert.equal(gap!.from, 2 * minute);
  assert.ok(gap!.until! >= 12 * minute && gap!.until! <= 13 * minute + 1000);
  // Waits of 5, 10, 20, 40 and then 60 s, one call at a time.
  const tried = sent.filter((at) => at > 3.5 * minute && at < 12 * minute);
  assert.ok(tried.length <= 9 && tried.every((at, i) => i === 0 || at - tried[i - 1]! >= 20_000));
  const failed = records.filter(({ status }) => status === "error");
  assert.ok(
    failed.every(({ request_id }) =>
      records.some((row) => row.request_id === request_id && row.status === "ok")
    ),
  );
  assert.equal(
    new Set(records.map(({ request_id, attempt }) => `${request_id} ${attempt}`)).size,
    records.length,
  );
  // What was due in the outage comes a minute apart after it.
  const after = records.filter(({ status, sent_ms, attempt }) =>
    status === "ok" && sent_ms! > 12 * minute && attempt === 1
  )
    .map(({ sent_ms }) => sent_ms!).sort((a, b) => a - b);
  assert.ok(after.every((at, i) => i === 0 || at - after[i - 1]! >= minute - 200));
});

Deno.test("one endpoint of two that is gone is no outage: its calls fail and the study goes on", async () => {
  const { gaps, records } = await run({
    plan: { rounds: 2, scenarios: lines("a:p", "b:p") },
    ending: (_, n) => n % 2 === 0 ? "lost" : 200,
  });
  assert.deepEqual(gaps, []);
  assert.equal(records.length, 8);
});

Deno.test("on the only variant it takes three failures in a row; an outage that does not end is told without an end", async () => {
  const plan = {
    levels: [variant("a", { stream: false })],
    scenarios: lines("a:p"),
    rounds: 3,
    schedule: schedule({ pause_ms: 0 }),
  };
  const two = await run({ plan, ending: (_, n) => n < 2 ? "lost" : 200 });
  assert.deepEqual([two.gaps, two.records.length], [[], 6]);
  const three = await run({ plan, ending: (_, n) => n < 3 ? "lost" : 200 });
  assert.deepEqual(three.gaps.map(({ kind, from }) => [kind, from]), [["network", 0]]);
  assert.equal(three.records.filter(({ status }) => status === "ok").length, 6);
  assert.deepEqual(three.study.progress().map(({ done, errors }) => [done, errors]), [[6, 0]]);
  const never = await run({ plan, ending: (_, n) => n < 1 ? 200 : "lost", enoughAt: 10 * minute });
  assert.deepEqual(never.gaps.map(({ kind, until }) => [kind, until]), [["network", null]]);
  assert.deepEqual(never.ends, [[0, "precision"]]);
});

Deno.test("keys that end are waited for; calls that came too late are sent again", async () => {
  const plan = { rounds: 2, scenarios: lines("a:p", "b:p"), schedule: schedule(perMinute) };
  const known = await run({
    plan,
    keys: { until: 2.5 * minute, renew: (now) => now > 60 * minute ? 600 * minute : null },
  });
  assert.deepEqual(known.gaps.map(({ kind, from }) => [kind, from]), [["credentials", 3 * minute]]);
  assert.ok(known.gaps[0]!.until! > 60 * minute && known.gaps[0]!.until! < 62 * minute);
  assert.deepEqual(attemptsOf(known.records), Array.from({ length: 8 }, () => [1, "ok", null]));
  const refused = await run({
    plan,
    keys: { until: 600 * minute, renew: () => 700 * minute },
    ending: (now) => now >= 2 * minute && now < 2 * minute + 50 ? 403 : 200,
  });
  assert.deepEqual(refused.gaps.map(({ kind, from }) => [kind, from]), [["credentials", 2 * minute + 100]]);
  assert.deepEqual(attemptsOf(refused.records).slice(2, 4), [[1, "error", "http"], [2, "ok", null]]);
  assert.equal(refused.records.length, 9);
});

Deno.test("a call that was under way while the machine slept has no true times: it counts as cancelled, and is made again", async () => {
  let once = true;
  const { records } = await run({
    plan: { rounds: 1, scenarios: lines("a:p"), levels: [variant("a", { stream: false })] },
    slept: () => once && !(once = false),
  });
  assert.deepEqual(attemptsOf(records), [[1, "cancelled", null], [2, "ok", null], [1, "ok", null]]);
  assert.equal(records[0]!.e2e_ms, null);
});

Deno.test("a variant that is refused again and again is left out, with a word; the others go on", async () => {
  const { records, notices, ends } = await run({
    plan: {
      rounds: 40,
      invocations_per_scenario: 1,
      levels: [
        variant("a", { stream: false, stop_error_rate: 0.3 }),
        variant("b", { stream: false, stop_error_rate: 0.3 }),
      ],
      scenarios: lines("a:p", "b:q"),
      schedule: schedule({ pause_ms: 0 }),
    },
    ending: () => 200,
  });
  assert.equal(records.length, 80);
  assert.deepEqual(notices, []);
  assert.ok(ends.every(([, end]) => end === "requests"));
  const all = await run({
    plan: {
      rounds: 40,
      invocations_per_scenario: 1,
      levels: [variant("a", { stream: false, stop_error_rate: 0.3 })],
      scenarios: lines("a:p"),
      schedule: schedule({ pause_ms: 0 }),
    },
    ending: () => 404,
  });
  assert.equal(all.records.length, 20);
  assert.deepEqual(all.ends, [[0, "error_rate"]]);
  assert.match(
    all.notices.join(),
    /^a is left out from now on: its last 20 calls were all refused \(HTTP 404/,
  );
});
