import assert from "node:assert/strict";
import { seededRandom } from "../../lib/core/mod.ts";
import { steadiness, type SteadinessAttempt } from "../../lib/metrics/mod.ts";
import { queueStays } from "./queues.ts";

/** One in flight: each request is sent when the one before has ended. */
function oneByOne(times_ms: readonly number[]): SteadinessAttempt[] {
  let at = 0;
  return times_ms.map((time, i) => {
    const sent_ms = at;
    at += time;
    return {
      request_id: `r${i}`,
      attempt: 1,
      segment: "1",
      worker: "w0",
      phase: "measure",
      status: "ok",
      sent_ms,
      ended_ms: at,
      sent_at: null,
      response_ms: time,
      itl_p50_ms: 10,
      itl_max_ms: 20,
    };
  });
}

/** Lognormal times about 500 ms whose neighbours correlate with 0.3 (on the log scale). */
function alikeTimes(n: number, seed: number, sigma = 0.5): number[] {
  const random = seededRandom(seed, "alike");
  let state = random.normal();
  return Array.from({ length: n }, () => {
    state = 0.3 * state + Math.sqrt(1 - 0.09) * random.normal();
    return 500 * Math.exp(sigma * state);
  });
}

Deno.test("a level of even times is steady, long enough, and stalls nowhere", () => {
  const times = Array.from({ length: 100 }, (_, i) => i % 2 === 0 ? 900 : 1100);
  const found = steadiness(oneByOne(times), 1);
  assert.deepEqual([found.steady, found.warm_up_left, found.stalled, found.saturated], [true, 0, 0, null]);
  assert.ok(Math.abs(found.drift!) < 0.02);
  assert.equal(found.littles_law, 1);
});

Deno.test("times that grow from 100 to 199 ms change by two thirds of their mean", () => {
  const found = steadiness(oneByOne(Array.from({ length: 100 }, (_, i) => 100 + i)), 1);
  assert.equal(found.steady, false);
  assert.ok(Math.abs(found.drift! - 99 / 149.5) < 1e-12);
});

Deno.test("a slow start shows as warm-up that is left", () => {
  const times = [
    ...new Array(20).fill(5000),
    ...Array.from({ length: 80 }, (_, i) => i % 2 === 0 ? 900 : 1100),
  ];
  assert.equal(steadiness(oneByOne(times), 1).warm_up_left, 20);
});

Deno.test("requests count in the order of sending, and those of warm-up and failures do not", () => {
  const attempts = oneByOne(Array.from({ length: 100 }, (_, i) => 100 + i));
  const shuffled = seededRandom(1, "order").shuffled(attempts);
  const failed = { ...attempts[50]!, request_id: "f", status: "error", response_ms: null };
  const warm = { ...attempts[0]!, request_id: "w", phase: "warmup", response_ms: 1e6 };
  assert.deepEqual(steadiness([...shuffled, failed, warm], 1).drift, steadiness(attempts, 1).drift);
});

Deno.test("too few requests: nobody can say", () => {
  const found = steadiness(oneByOne(new Array(19).fill(100)), 1);
  assert.deepEqual([found.steady, found.warm_up_left, found.drift], [null, null, null]);
  assert.deepEqual(steadiness([], null), {
    steady: null,
    warm_up_left: null,
    drift: null,
    littles_law: null,
    stalled: 0,
    saturated: null,
  });
});

Deno.test("too much noise to tell a change by as much as the mean: nobody can say", () => {
  const found = steadiness(oneByOne(alikeTimes(20, 4, 1.5)), 1);
  assert.equal(found.steady, null);
  assert.notEqual(found.drift, null);
});

Deno.test("of 1,000 even levels with correlated times at most 50 are called unsteady, and at most 50 have warm-up left", () => {
  for (const n of [100, 500]) {
    let unsteady = 0;
    let cut = 0;
    for (let seed = 0; seed < 1000; seed++) {
      const { steady, warm_up_left } = steadiness(oneByOne(alikeTimes(n, seed)), 1);
      if (steady === false) unsteady++;
      if (warm_up_left! > 0) cut++;
    }
    assert.ok(unsteady <= 50 && cut <= 50, `n = ${n}: ${unsteady} unsteady, ${cut} cut`);
  }
});

Deno.test("a drift by half of the mean is found in at least 95 of 100 levels of 500 requests", () => {
  let found = 0;
  for (let seed = 0; seed < 100; seed++) {
    const times = alikeTimes(500, seed, 0.3).map((time, i) => time * (0.75 + 0.5 * i / 500));
    if (steadiness(oneByOne(times), 1).steady === false) found++;
  }
  assert.ok(found >= 95, `${found}`);
});

Deno.test("a ramp of 40 requests from three times the usual is cut in at least 95 of 100 levels", () => {
  let found = 0;
  for (let seed = 0; seed < 100; seed++) {
    const times = alikeTimes(500, seed, 0.3).map((time, i) => time * (i < 40 ? 3 - 2 * i / 40 : 1));
    const { warm_up_left } = steadiness(oneByOne(times), 1);
    if (warm_up_left! >= 15 && warm_up_left! <= 100) found++;
  }
  assert.ok(found >= 95, `${found}`);
});

/** Open loop at a queue of 4 servers. */
function openLevel(load: number, n: number, seed: number): SteadinessAttempt[] {
  const template = oneByOne([1])[0]!;
  return queueStays({ load, servers: 4, n, seed }).map(({ due_ms, ended_ms }, i) => ({
    ...template,
    request_id: `r${i}`,
    sent_ms: due_ms,
    ended_ms,
    response_ms: ended_ms - due_ms,
  }));
}

Deno.test("open loop: a queue below its capacity keeps up, one above it is saturated", () => {
  const below = steadiness(openLevel(0.7, 1000, 1), null);
  assert.equal(below.saturated, false);
  assert.ok(Math.abs(below.littles_law! - 1) < 0.05, `${below.littles_law}`);
  const above = steadiness(openLevel(1.3, 1000, 1), null);
  assert.deepEqual([above.saturated, above.steady], [true, false]);
});

Deno.test("saturation is looked at within the last segment", () => {
  const first = openLevel(1.3, 1000, 1).map((one) => ({ ...one, sent_at: "2026-01-01T00:00:00Z" }));
  const last = openLevel(0.5, 1000, 2)
    .map((one) => ({
      ...one,
      request_id: `s${one.request_id}`,
      segment: "2",
      sent_at: "2026-01-02T00:00:00Z",
    }));
  assert.equal(steadiness([...first, ...last], null).saturated, false);
});

Deno.test("a level of 100,000 requests takes less than 3 s", () => {
  const attempts = openLevel(0.8, 100_000, 3);
  const started = performance.now();
  steadiness(attempts, null);
  const took = performance.now() - started;
  assert.ok(took < 3000, `${took} ms`);
});
