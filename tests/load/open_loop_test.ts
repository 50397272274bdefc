import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import type { Clock, PlannedRequest, Status } from "../../lib/core/mod.ts";
import { openLoop } from "../../lib/load/mod.ts";
import { FakeClock } from "./fake_clock.ts";
import { planOf, spec } from "./made_up.ts";

/** Sends requests that are due every 10 ms from 1000 + 5 on, and take `service(index)` ms. */
async function run(
  { requests, service, status = () => "ok", max_in_flight = null, stop_error_rate = null, stopAt }: {
    requests: number;
    service: (index: number) => number;
    status?: (index: number) => Status;
    max_in_flight?: number | null;
    stop_error_rate?: number | null;
    stopAt?: number;
  },
) {
  const clock = new FakeClock();
  const stop = new AbortController();
  if (stopAt !== undefined) clock.sleepUntil(stopAt).then(() => stop.abort());
  const sent: { index: number; due: number; from: number; to: number }[] = [];
  const running = openLoop({
    requests: planOf([spec({ arrival: "constant", concurrency: null, rates_rps: [100], requests })]).requests,
    start_ms: 1000,
    clock,
    signal: stop.signal,
    max_in_flight,
    stop_error_rate,
    async send({ index }: PlannedRequest, due: number): Promise<Status> {
      const one = { index, due, from: clock.now(), to: Infinity };
      sent.push(one);
      await clock.sleepUntil(clock.now() + service(index));
      one.to = clock.now();
      return status(index);
    },
  });
  await clock.run(running);
  return { sent, ...(await running) };
}

Deno.test("requests go out when they are due, however slow the answers are", async () => {
  const { sent } = await run({ requests: 4, service: () => 500 });
  assert.deepEqual(sent.map(({ index, due, from, to }) => [index, due, from, to]), [
    [0, 1005, 1005, 1505],
    [1, 1015, 1015, 1515],
    [2, 1025, 1025, 1525],
    [3, 1035, 1035, 1535],
  ]);
});

Deno.test("with a cap of one, what is due waits its turn and none is left out", async () => {
  // 25 ms each, one at a time: queue and service add up to the response, which grows by 15 ms a request.
  const { sent } = await run({ requests: 5, service: () => 25, max_in_flight: 1 });
  assert.deepEqual(sent.map(({ due, from, to }) => [from - due, to - from, to - due]), [
    [0, 25, 25],
    [15, 25, 40],
    [30, 25, 55],
    [45, 25, 70],
    [60, 25, 85],
  ]);
});

Deno.test("there are never more in flight than the cap", async () => {
  const { sent } = await run({ requests: 100, service: (index) => 20 + (index * 7) % 31, max_in_flight: 3 });
  assert.equal(sent.length, 100);
  const busiest = Math.max(
    ...sent.map(({ from }) => sent.filter((one) => one.from <= from && from < one.to).length),
  );
  assert.equal(busiest, 3);
});

Deno.test("a level gives up once too many of at least 20 requests failed, what waits for the cap included", async () => {
  const all = await run({ requests: 100, service: () => 1, stop_error_rate: 0.5, status: () => "error" });
  assert.deepEqual([all.sent.length, all.gave_up], [20, true]);
  const capped = await run({
    requests: 100,
    service: () => 30,
    max_in_flight: 1,
    stop_error_rate: 0.5,
    status: () => "error",
  });
  assert.deepEqual([capped.sent.length, capped.gave_up], [20, true]);
});

Deno.test("after a stop nothing new is sent; the end waits for what is in flight", async () => {
  const { sent, gave_up } = await run({ requests: 50, service: () => 100, stopAt: 1020 });
  assert.deepEqual(sent.map(({ to }) => to), [1105, 1115]);
  assert.equal(gave_up, false);
  const waiting = await run({ requests: 50, service: () => 100, max_in_flight: 1, stopAt: 1020 });
  assert.equal(waiting.sent.length, 1);
});

Deno.test("a level without requests of this worker is over at once", async () => {
  const clock = new FakeClock();
  const running = openLoop({
    requests: [],
    start_ms: 0,
    clock,
    signal: new AbortController().signal,
    max_in_flight: null,
    stop_error_rate: null,
    send: () => Promise.resolve("ok"),
  });
  await clock.run(running);
  assert.deepEqual(await running, { gave_up: false });
});

Deno.test("a mistake of the sender comes out and does not hang the level", async () => {
  const clock = new FakeClock();
  const running = openLoop({
    requests:
      planOf([spec({ arrival: "constant", concurrency: null, rates_rps: [100], requests: 3 })]).requests,
    start_ms: 0,
    clock,
    signal: new AbortController().signal,
    max_in_flight: null,
    stop_error_rate: null,
    send: () => Promise.reject(new Error("no such payload")),
  });
  running.catch(() => {});
  await clock.run(running.catch(() => {}));
  await assert.rejects(running, /no such payload/);
});

Deno.test("a mistake in preparing comes out likewise", async () => {
  const clock = new FakeClock();
  const running = openLoop({
    requests:
      planOf([spec({ arrival: "constant", concurrency: null, rates_rps: [100], requests: 3 })]).requests,
    start_ms: 0,
    clock,
    signal: new AbortController().signal,
    max_in_flight: null,
    stop_error_rate: null,
    prepare() {
      throw new Error("no such payload");
    },
    send: () => Promise.resolve("ok"),
  });
  await clock.run(running.catch(() => {}));
  await assert.rejects(running, /no such payload/);
});

Deno.test("requests are prepared in the last milliseconds before they are due, as long as there is time", async () => {
  const clock = new FakeClock();
  const prepared: [number, number][] = [];
  const sent: [number, number][] = [];
  // Due at 0.25, 0.75, ... ms at 2,000/s; and at 5, 15, ... at 100/s.
  const plan = (rate: number, requests: number) =>
    planOf([spec({ arrival: "constant", concurrency: null, rates_rps: [rate], requests })]).requests;
  const run = (requests: readonly PlannedRequest[]) =>
    clock.run(openLoop({
      requests,
      start_ms: clock.now(),
      clock,
      signal: new AbortController().signal,
      max_in_flight: null,
      stop_error_rate: null,
      prepare: ({ index }) => void prepared.push([index, clock.now()]),
      send({ index }) {
        sent.push([index, clock.now()]);
        return Promise.resolve("ok");
      },
    }));
  await run(plan(100, 3));
  assert.deepEqual(prepared, [[0, 4], [1, 14], [2, 24]]);
  assert.deepEqual(sent, [[0, 5], [1, 15], [2, 25]]);
  prepared.length = 0;
  // From 25 on, due at 25.25, 25.75, ..., 30.75: the first wake-up prepares what is due within 5 ms, later ones the rest.
  await run(plan(2000, 12));
  assert.deepEqual(prepared.map(([index]) => index), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  assert.deepEqual(prepared.filter(([, at]) => at === 25).length, 10);
  assert.ok(prepared.every(([index, at]) => at <= 25.25 + index / 2 - 0.1));
  prepared.length = 0;
  // At 20,000/s the next one is due in 0.05 ms at most: nothing but sending.
  await run(plan(20_000, 5));
  assert.deepEqual(prepared, []);
});

Deno.test("a backlog is sent in turns, so that answers are read in between", async () => {
  // Sending takes 1 ms of the loop's own time; the first answer has come by the next turn.
  const finished: number[] = [];
  let now = 0;
  let answeredBeforeLast = 0;
  const clock: Clock = {
    now: () => now,
    date: () => new Date(now),
    sleepUntil: () => Promise.resolve(void (now = 1000)),
  };
  await openLoop({
    requests:
      planOf([spec({ arrival: "constant", concurrency: null, rates_rps: [100], requests: 10 })]).requests,
    start_ms: 0,
    clock,
    signal: new AbortController().signal,
    max_in_flight: null,
    stop_error_rate: null,
    send({ index }) {
      now += 1;
      if (index === 9) answeredBeforeLast = finished.length;
      return new Promise((resolve) =>
        setImmediate(() => {
          finished.push(index);
          resolve("ok");
        })
      );
    },
  });
  assert.equal(finished.length, 10);
  assert.ok(answeredBeforeLast >= 5, `${answeredBeforeLast}`);
});
