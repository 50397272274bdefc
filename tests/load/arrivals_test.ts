import assert from "node:assert/strict";
import { seededRandom } from "../../lib/core/mod.ts";
import { drawSchedule, gamma, meanRate, type Schedule } from "../../lib/load/mod.ts";
import { dispersion, dispersionBounds, gammaCdf, gapsOf, ksDistance, ksLimit } from "./distribution.ts";

const schedule = (changes: Partial<Schedule> = {}): Schedule => ({
  arrival: "constant",
  rates_rps: [10],
  burstiness: null,
  warmup_requests: 0,
  requests: null,
  duration_ms: null,
  drain_ms: 0,
  ...changes,
});
const draw = (changes: Partial<Schedule>, seed = 1) =>
  drawSchedule(schedule(changes), seededRandom(seed, "test"));
const dueOf = (changes: Partial<Schedule>, seed = 1) => draw(changes, seed).map(({ due_ms }) => due_ms);

Deno.test("constant gaps are exact: the first arrival after half a gap, rate x duration of them", () => {
  assert.deepEqual(dueOf({ rates_rps: [4], duration_ms: 1000 }), [125, 375, 625, 875]);
  const many = dueOf({ rates_rps: [8], duration_ms: 100_000 });
  assert.equal(many.length, 800);
  assert.ok(gapsOf(many).every((gap) => gap === 125));
  // 300/s: gaps of 3333.333 us, in whole microseconds, that do not add up to a drift.
  const third = dueOf({ rates_rps: [300], requests: 30_000 });
  assert.equal(third.at(-1), 99_998.333); // (30000 - 0.5) / 300 s
});

Deno.test("phases follow each other: so many warm-up requests, the measure phase, the drain", () => {
  const of = (changes: Partial<Schedule>) => draw(changes).map(({ due_ms, phase }) => [due_ms, phase]);
  assert.deepEqual(of({ warmup_requests: 2, requests: 3, drain_ms: 200 }), [
    [50, "warmup"],
    [150, "warmup"],
    [250, "measure"],
    [350, "measure"],
    [450, "measure"],
    // The measure phase ends at 500; arrivals go on for 200 ms.
    [550, "drain"],
    [650, "drain"],
  ]);
  // From 200 on for 300 ms, however many requests are allowed.
  assert.deepEqual(of({ warmup_requests: 2, requests: 50, duration_ms: 300 }).map(([, phase]) => phase), [
    "warmup",
    "warmup",
    "measure",
    "measure",
    "measure",
  ]);
});

Deno.test("a ramp's arrivals lie where its area passes the half numbers", () => {
  // From 1/s to 3/s in 2 s the area is t + t^2 / 2, which is k - 1/2 at t = sqrt(2 k) - 1: 4 arrivals.
  assert.deepEqual(
    dueOf({ arrival: "ramp", rates_rps: [1, 3], duration_ms: 2000 }),
    [1, 2, 3, 4].map((k) => Math.round((Math.sqrt(2 * k) - 1) * 1e6) / 1000),
  );
});

Deno.test("steps hold each rate for its part; the drain goes on at the last one", () => {
  // 2/s for 1 s, then 4/s for 1 s.
  assert.deepEqual(dueOf({ arrival: "step", rates_rps: [2, 4], duration_ms: 2000, drain_ms: 300 }), [
    250,
    750,
    1125,
    1375,
    1625,
    1875,
    2125,
  ]);
});

Deno.test("the mean rate of a ramp is that of its line, of steps that of the steps", () => {
  assert.equal(meanRate({ arrival: "poisson", rates_rps: [7] }), 7);
  assert.equal(meanRate({ arrival: "step", rates_rps: [1, 5, 3] }), 3);
  assert.equal(meanRate({ arrival: "ramp", rates_rps: [2, 10] }), 6);
  assert.equal(meanRate({ arrival: "ramp", rates_rps: [6, 2, 4] }), 3.5); // (4 + 3) / 2
});

Deno.test("the same seed draws the same times, another one others, in ascending order", () => {
  const poisson = { arrival: "poisson", requests: 500 } as const;
  assert.deepEqual(dueOf(poisson), dueOf(poisson));
  assert.notDeepEqual(dueOf(poisson, 2), dueOf(poisson));
  assert.ok(gapsOf(dueOf(poisson)).every((gap) => gap >= 0));
});

for (const seed of [1, 2, 3]) {
  Deno.test(`Poisson arrivals pass Kolmogorov-Smirnov and dispersion at 0.001 (seed ${seed})`, () => {
    const due = dueOf({ arrival: "poisson", rates_rps: [20], requests: 20_000 }, seed);
    const distance = ksDistance(gapsOf(due), (gap) => 1 - Math.exp(-gap / 50));
    assert.ok(distance < ksLimit(due.length - 1), `${distance}`);
    for (const window_ms of [1000, 5000, 10_000]) {
      const { index, windows } = dispersion(due, window_ms);
      const [low, high] = dispersionBounds(windows);
      assert.ok(low < index && index < high, `${window_ms} ms: ${index} not in ${low} to ${high}`);
    }
  });
  for (const shape of [0.5, 2, 4]) {
    Deno.test(`gamma gaps of shape ${shape} pass Kolmogorov-Smirnov at 0.001 (seed ${seed})`, () => {
      const due = dueOf(
        { arrival: "gamma", burstiness: shape, rates_rps: [20], requests: 20_000 },
        seed,
      );
      const gaps = gapsOf(due);
      const distance = ksDistance(gaps, (gap) => gammaCdf(shape, gap * shape / 50));
      assert.ok(distance < ksLimit(gaps.length), `${distance}`);
      // The index of dispersion of a renewal process tends to the squared variation of its gaps, 1 / shape.
      const { index, windows } = dispersion(due, 10_000);
      const [low, high] = dispersionBounds(windows);
      assert.ok(low < index * shape && index * shape < high, `${index}`);
    });
  }
}

Deno.test("the tests themselves reject what is not Poisson", () => {
  const bursts = dueOf({ arrival: "gamma", burstiness: 0.5, rates_rps: [20], requests: 20_000 });
  assert.ok(ksDistance(gapsOf(bursts), (gap) => 1 - Math.exp(-gap / 50)) > ksLimit(bursts.length));
  const even = dispersion(dueOf({ rates_rps: [20], requests: 20_000 }), 1000);
  assert.ok(even.index < dispersionBounds(even.windows)[0]);
});

Deno.test("a ramp with burstiness 1 is Poisson in its own time", () => {
  const due = dueOf({ arrival: "ramp", burstiness: 1, rates_rps: [5, 45], duration_ms: 400_000 });
  // Expected number of arrivals up to t: 5 t + 40 t^2 / 800; its increments are exponential with mean 1.
  const units = due.map((ms) => 5 * ms / 1000 + (ms / 1000) ** 2 / 20);
  const distance = ksDistance(gapsOf(units), (gap) => 1 - Math.exp(-gap));
  assert.ok(distance < ksLimit(units.length - 1), `${distance}`);
  assert.ok(Math.abs(due.length - 10_000) < 400, `${due.length}`); // 25/s x 400 s, 4 standard deviations
});

Deno.test("a gamma variate has the mean and the variance of its shape", () => {
  const random = seededRandom(5, "gamma");
  const values = Array.from({ length: 40_000 }, () => gamma(3, random));
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  assert.ok(Math.abs(mean - 3) < 0.04 && Math.abs(variance - 3) < 0.15, `${mean} ${variance}`);
});
