import assert from "node:assert/strict";
import type { PlannedRequest, Status } from "../../lib/core/mod.ts";
import { closedLoop } from "../../lib/load/mod.ts";
import { FakeClock } from "./fake_clock.ts";
import { planOf, spec } from "./made_up.ts";

interface Sent {
  readonly index: number;
  readonly phase: string;
  readonly from: number;
  to: number;
}

/** Runs a level whose request `i` takes `service(i)` ms and ends as `status(i)`. */
async function run(
  { requests, delays, service, status = () => "ok", stop_error_rate = null, stopAt, ...phases }: {
    requests: number;
    warmup_requests?: number;
    duration_ms?: number;
    drain_ms?: number;
    delays: readonly number[];
    service: (index: number) => number;
    status?: (index: number) => Status;
    stop_error_rate?: number | null;
    stopAt?: number;
  },
) {
  const clock = new FakeClock();
  const stop = new AbortController();
  const sent: Sent[] = [];
  if (stopAt !== undefined) clock.sleepUntil(stopAt).then(() => stop.abort());
  const running = closedLoop({
    ...phases,
    requests: planOf([spec({ ...phases, requests, concurrency: delays.length })]).requests,
    delays,
    clock,
    signal: stop.signal,
    stop_error_rate,
    async send({ index, phase }: PlannedRequest): Promise<Status> {
      const one = { index, phase, from: clock.now(), to: Infinity };
      sent.push(one);
      await clock.sleepUntil(clock.now() + service(index));
      one.to = clock.now();
      return status(index);
    },
  });
  await clock.run(running);
  return { sent, ...(await running) };
}

/** Most requests in flight at one time. */
function busiest(sent: readonly Sent[]): number {
  return Math.max(...sent.map(({ from }) => sent.filter((one) => one.from <= from && from < one.to).length));
}

Deno.test("a finished request is replaced at once and N are in flight until the last is sent", async () => {
  // Services 10 and 30 ms alternate on two slots without a barrier:
  // slot A: 0 at 0-10, 2 at 10-20, 4 at 20-30; slot B: 1 at 0-30, 3 would come next but went to A at 20.
  const { sent } = await run({ requests: 5, delays: [0, 0], service: (index) => index % 2 === 0 ? 10 : 30 });
  assert.deepEqual(sent.map(({ index, from, to }) => [index, from, to]), [
    [0, 0, 10],
    [1, 0, 30],
    [2, 10, 20],
    [3, 20, 50],
    [4, 30, 40],
  ]);
  assert.equal(busiest(sent), 2);
});

Deno.test("there are never more in flight than slots, and exactly as many before the end", async () => {
  const { sent } = await run({
    requests: 200,
    delays: [0, 1, 2, 3, 4],
    service: (index) => 5 + (index * 7) % 13,
  });
  assert.equal(sent.length, 200);
  assert.equal(busiest(sent), 5);
  const lastStart = Math.max(...sent.map(({ from }) => from));
  for (let at = 5; at < lastStart; at++) {
    assert.equal(sent.filter(({ from, to }) => from <= at && at < to).length, 5, `at ${at} ms`);
  }
});

Deno.test("slots begin at their delays", async () => {
  const { sent } = await run({ requests: 3, delays: [0, 7, 11], service: () => 100 });
  assert.deepEqual(sent.map(({ from }) => from), [0, 7, 11]);
});

Deno.test("a level gives up once more than the allowed part of at least 20 requests failed", async () => {
  const failing = { requests: 100, delays: [0], service: () => 1, stop_error_rate: 0.5 };
  // Every request fails: judged for the first time when 20 are finished.
  const all = await run({ ...failing, status: () => "error" });
  assert.deepEqual([all.sent.length, all.gave_up], [20, true]);
  // Every second one fails: 10 of 20 is not more than half, 11 of 21 (index 20 fails) is.
  const half = await run({ ...failing, status: (index) => index % 2 === 0 ? "error" : "ok" });
  assert.deepEqual([half.sent.length, half.gave_up], [21, true]);
  const never = await run({ ...failing, stop_error_rate: null, status: () => "error" });
  assert.deepEqual([never.sent.length, never.gave_up], [100, false]);
});

Deno.test("after a stop nothing new is sent, also by slots that had not begun", async () => {
  const { sent, gave_up } = await run({ requests: 50, delays: [0, 500], service: () => 10, stopAt: 25 });
  // 0-10, 10-20, 20-30: the third one was in flight at 25 ms.
  assert.deepEqual(sent.map(({ from }) => from), [0, 10, 20]);
  assert.equal(gave_up, false);
});

Deno.test("a duration counts from the first measured request; what is in flight at its end goes on", async () => {
  // One slot, 10 ms each: two for warm-up at 0 and 10, measured at 20, 30, 40; at 45 the duration of 25 ms is over.
  const { sent, timed_out } = await run({
    requests: 100,
    warmup_requests: 2,
    delays: [0],
    service: () => 10,
    duration_ms: 25,
  });
  assert.deepEqual(sent.map(({ from, to, phase }) => [from, to, phase]), [
    [0, 10, "warmup"],
    [10, 20, "warmup"],
    [20, 30, "measure"],
    [30, 40, "measure"],
    [40, 50, "measure"],
  ]);
  assert.equal(timed_out, true);
});

Deno.test("a level whose requests run out before its duration was not ended by it", async () => {
  const { sent, timed_out } = await run({ requests: 2, delays: [0], service: () => 10, duration_ms: 500 });
  assert.deepEqual([sent.length, timed_out], [2, false]);
});

Deno.test("the load is kept up until the last measured request is answered, or for the drain's length", async () => {
  // Two slots: request 0 takes 1000 ms, all others 100. Request 1 at 0-100, then only drain requests until 1000.
  const long = { requests: 2, delays: [0, 0], service: (index: number) => index === 0 ? 1000 : 100 };
  const whole = await run({ ...long, drain_ms: 5000 });
  assert.deepEqual(whole.sent.slice(2).map(({ phase }) => phase), Array(9).fill("drain"));
  assert.deepEqual(whole.sent.at(-1)!.from, 900);
  const short = await run({ ...long, drain_ms: 250 });
  // The drain begins when nothing measured is left to send, at 100 ms: sent at 100, 200 and 300, not at 400.
  assert.deepEqual(short.sent.slice(2).map(({ from }) => from), [100, 200, 300]);
});

Deno.test("what is sent next is prepared while as much is in flight: once each, in order, and always before it is sent", async () => {
  const clock = new FakeClock();
  const events: string[] = [];
  const running = closedLoop({
    requests: planOf([spec({ requests: 6, concurrency: 2 })]).requests,
    delays: [0, 0],
    clock,
    signal: new AbortController().signal,
    stop_error_rate: null,
    prepare: ({ index }) => void events.push(`prepare ${index}`),
    async send({ index }): Promise<Status> {
      events.push(`send ${index}`);
      await clock.sleepUntil(clock.now() + 10);
      return "ok";
    },
  });
  await clock.run(running);
  await running;
  // Two slots start at once: the first has sent 0 and prepares 1 and 2, the second sends 1 and prepares 3; and so on.
  assert.deepEqual(events.slice(0, 5), ["send 0", "prepare 1", "prepare 2", "send 1", "prepare 3"]);
  const prepared = events.filter((event) => event.startsWith("prepare"));
  assert.deepEqual(prepared, [1, 2, 3, 4, 5].map((index) => `prepare ${index}`));
  for (let index = 1; index < 6; index++) {
    assert.ok(events.indexOf(`prepare ${index}`) < events.indexOf(`send ${index}`));
  }
});
