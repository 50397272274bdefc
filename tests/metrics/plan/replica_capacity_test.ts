import assert from "node:assert/strict";
import { fleetSize } from "../../../lib/metrics/plan/fleet_size.ts";
import { keepsLimit, statisticOf } from "../../../lib/metrics/plan/objective.ts";
import { carriedRate, replicaCapacity } from "../../../lib/metrics/plan/replica_capacity.ts";
import { replicaModel } from "../../../lib/metrics/plan/replica_model.ts";
import { drawTraffic } from "../../../lib/metrics/plan/traffic.ts";
import { drawnTimes, equalTimes, exponentialTimes, servers } from "./made_up.ts";

const { poisson, bursts } = drawTraffic(100_000, 2);
const lone = replicaModel(servers(1, exponentialTimes(1000)));

Deno.test("what M/M/1 carries: the p95 of its time in system is ln 20 / (mu - lambda)", () => {
  // mu = 60 a minute. p95 at most 10 s: lambda = 60 - 60 x 2.9957 / 10 = 42.03 a minute; p99 (ln 100): 60 - 27.63 = 32.37.
  near(carriedRate(lone, { statistic: "p95", limit_ms: 10_000 }, poisson), 42.03, 0.03);
  near(carriedRate(lone, { statistic: "p99", limit_ms: 10_000 }, poisson), 32.37, 0.04);
  // Mean 1 / (mu - lambda): at most 4 s with lambda = 60 - 15.
  near(carriedRate(lone, { statistic: "mean", limit_ms: 4000 }, poisson), 45, 0.03);
});

Deno.test("bursts take capacity away", () => {
  const limit = { statistic: "p95", limit_ms: 10_000 } as const;
  assert.ok(carriedRate(lone, limit, bursts)! < 0.85 * carriedRate(lone, limit, poisson)!);
});

Deno.test("no rate at all when requests alone miss the limit; never more than 95 % busy", () => {
  const equal = replicaModel(servers(1, equalTimes(1000)));
  assert.equal(carriedRate(equal, { statistic: "p95", limit_ms: 999 }, poisson), null);
  // 60 a minute when never idle.
  near(carriedRate(equal, { statistic: "p95", limit_ms: 1e9 }, poisson), 57, 1e-12);
});

Deno.test("the interval of the capacity reaches as far down as the measurement is uncertain", () => {
  const limit = { statistic: "p95", limit_ms: 10_000 } as const;
  const width = (n: number) => {
    const { value, low, high } = replicaCapacity(
      [{ concurrency: 1, times_ms: drawnTimes(1000, n, 1) }],
      limit,
      poisson,
      7,
    );
    assert.ok(low! < value! && value! < high!);
    return Math.log(value! / low!);
  };
  // The model's own 5 % are in it, in squares; without them 16 times the requests make a quarter of the width, by the
  // law of large numbers; a factor of 1.5 is left to chance.
  const own = Math.log(1.05);
  const ratio = Math.sqrt((width(200) ** 2 - own ** 2) / (width(3200) ** 2 - own ** 2));
  assert.ok(ratio > 4 / 1.5 && ratio < 4 * 1.5, String(ratio));
});

Deno.test("the interval covers the truth", () => {
  // M/M/1 as above, 300 measured requests each: the truth is 42.03 a minute.
  let covered = 0;
  for (let seed = 0; seed < 40; seed++) {
    const levels = [{ concurrency: 1, times_ms: drawnTimes(1000, 300, seed) }];
    const { low, high } = replicaCapacity(levels, { statistic: "p95", limit_ms: 10_000 }, shortTraffic, seed);
    if (low! <= 42.03 && 42.03 <= high!) covered++;
  }
  // Of 40 at 95 %: fewer than 34 in one case of 70.
  assert.ok(covered >= 34, `${covered} of 40`);
});
const shortTraffic = drawTraffic(20_000, 2).poisson;

Deno.test("the fewest replicas by routing: no more than by chance, no fewer than the work takes", () => {
  // 42.03 a minute by chance: 5 for 200 a minute; 4 at least, as each gets through 57 at most.
  const limit = { statistic: "p95", limit_ms: 10_000 } as const;
  const size = (routing: "round_robin" | "least_busy", requests_per_minute: number, enough: number) =>
    fleetSize(lone, limit, shortTraffic, { requests_per_minute, routing, enough });
  assert.equal(size("least_busy", 200, 5), 4);
  assert.ok([4, 5].includes(size("round_robin", 200, 5)));
  // Beyond 32: 20,000 / 57 = 351 at least, 476 by chance. 32 servers with the least busy chosen keep p95 below 10 s up to the 95 %.
  const large = size("least_busy", 20_000, 476);
  assert.ok(large >= 351 && large <= 360, String(large));
});

Deno.test("a statistic is kept when so many are within the limit", () => {
  const times = Float64Array.from({ length: 100 }, (_, i) => i + 1);
  assert.equal(keepsLimit(times, { statistic: "p95", limit_ms: 95 }), true);
  assert.equal(keepsLimit(times, { statistic: "p95", limit_ms: 94 }), false);
  assert.equal(keepsLimit(times, { statistic: "p50", limit_ms: 50 }), true);
  assert.equal(keepsLimit(times, { statistic: "mean", limit_ms: 50.5 }), true);
  assert.equal(keepsLimit(times, { statistic: "mean", limit_ms: 50.4 }), false);
  assert.equal(statisticOf(times, "p50"), 50.5);
});

function near(found: number | null, expected: number, relative: number): void {
  assert.ok(
    found !== null && Math.abs(found / expected - 1) <= relative,
    `${found}, expected ${expected} within ${relative}`,
  );
}
