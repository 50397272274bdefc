import assert from "node:assert/strict";
import { Replica } from "../../../lib/metrics/plan/replica.ts";
import { type Routing, simulateFleet } from "../../../lib/metrics/plan/fleet_simulation.ts";
import { statisticOf } from "../../../lib/metrics/plan/objective.ts";
import { replicaModel } from "../../../lib/metrics/plan/replica_model.ts";
import { drawTraffic, type Traffic } from "../../../lib/metrics/plan/traffic.ts";
import { equalTimes, exponentialTimes, servers } from "./made_up.ts";

/** Requests at these moments in milliseconds, all of the same work, under a rate of one a millisecond. */
function at(...moments: number[]): Traffic {
  const gaps = moments.map((moment, i) => moment - (moments[i - 1] ?? 0));
  const zeros = new Float64Array(moments.length);
  return { gaps: Float64Array.from(gaps), ranks: zeros, routes: zeros };
}
const perMs = 60_000;

Deno.test("requests slow each other down as measured, and the rest waits in line", () => {
  // Alone 100 ms, two at once 150 ms each; no more than two at work.
  const model = replicaModel([
    { concurrency: 1, times_ms: equalTimes(100) },
    { concurrency: 2, times_ms: equalTimes(150) },
  ]);
  const ends: string[] = [];
  const replica = new Replica(
    model,
    (request, at) => ends.push(`${request} @${Math.round(at * 1000) / 1000}`),
  );
  for (const [request, moment] of [[0, 0], [1, 50], [2, 60]] as const) {
    replica.advance(moment);
    replica.arrive(request, 0);
  }
  assert.equal(replica.inFlight, 3);
  while (replica.nextEnd < Infinity) replica.advance(replica.nextEnd);
  // 0: half done at 50, the other half at the pace of two, 75 ms: 125. Then 1 has done 75/150 = half, and 2 starts.
  // 1: its other half beside 2, 75 ms: 200. 2: half done at 200, the other half alone, 50 ms: 250.
  assert.deepEqual(ends, ["0 @125", "1 @200", "2 @250"]);
});

Deno.test("in turn, by chance and to the least busy: who gets a request", () => {
  const model = replicaModel([{ concurrency: 1, times_ms: equalTimes(100) }]);
  const times = (
    routing: Routing,
    moments: number[],
  ) => [...simulateFleet({ model, replicas: 2, routing, requests_per_minute: perMs }, at(...moments))];
  // By chance with routes of 0: all to the first. 0 to 100, then 100 to 200, then 200 to 300.
  assert.deepEqual(times("random", [0, 10, 120]), [100, 190, 180]);
  // In turn: the third goes to the first again, free since 100.
  assert.deepEqual(times("round_robin", [0, 10, 120]), [100, 100, 100]);
  // In turn, the third at 50 finds the first at work until 100. The least busy at 105 is the first, which ended at 100.
  assert.deepEqual(times("round_robin", [0, 10, 50]), [100, 100, 150]);
  assert.deepEqual(times("least_busy", [0, 10, 105]), [100, 100, 100]);
});

const traffic = drawTraffic(200_000, 1);
const meanOf = (times: Float64Array) => statisticOf(times, "mean")!;

Deno.test("one server: mean and p95 of M/M/1", () => {
  // Service 100 ms, 7 arrivals a second, 10 served: the time in system is exponential of mean 1 / (10 - 7) s, p95 of ln 20 means.
  const model = replicaModel(servers(1, exponentialTimes(100)));
  const times = simulateFleet(
    { model, replicas: 1, routing: "random", requests_per_minute: 420 },
    traffic.poisson,
  );
  near(meanOf(times), 1000 / 3, 0.05);
  near(statisticOf(times, "p95")!, 1000 / 3 * Math.log(20), 0.06);
});

Deno.test("several servers behind one line: the mean wait by Erlang C", () => {
  // c = 4, offered load a = 3. Erlang C: 3^4/4! x 4/(4-3) = 13.5; sum of 3^k/k!, k 0 to 3: 1 + 3 + 4.5 + 4.5 = 13;
  // P(wait) = 13.5 / 26.5 = 0.50943. Mean wait P / (c mu - lambda) = 0.50943 / (40 - 30) s = 50.94 ms, and 100 ms of service.
  const model = replicaModel(servers(4, exponentialTimes(100)));
  const times = simulateFleet(
    { model, replicas: 1, routing: "random", requests_per_minute: 1800 },
    traffic.poisson,
  );
  near(meanOf(times), 150.94, 0.03);
});

Deno.test("a server that two share, with a line: the mean of its birth-death chain", () => {
  // Alone 100 ms (10 a second), two at once 125 ms each (16 a second); 8 arrivals a second. Relative to the empty state:
  // one in flight 8/10 = 0.8, k >= 2: 0.4 x 0.5^(k-2). Sum 1 + 0.8 + 0.8 = 2.6; in flight (0.8 + 0.4 (2 x 2 + 2)) / 2.6 = 3.2 / 2.6.
  // By Little's law 3.2 / 2.6 / 8 s = 153.85 ms.
  const model = replicaModel([
    { concurrency: 1, times_ms: exponentialTimes(100) },
    { concurrency: 2, times_ms: exponentialTimes(125) },
  ]);
  const times = simulateFleet(
    { model, replicas: 1, routing: "random", requests_per_minute: 480 },
    traffic.poisson,
  );
  near(meanOf(times), 153.85, 0.02);
});

Deno.test("a fleet whose requests are handed out by chance is its replicas one by one", () => {
  const model = replicaModel(servers(4, exponentialTimes(100)));
  const fleet = (replicas: number, rate: number) =>
    meanOf(
      simulateFleet(
        { model, replicas, routing: "random", requests_per_minute: rate * replicas },
        traffic.poisson,
      ),
    );
  near(fleet(3, 1800), fleet(1, 1800), 0.04);
});

Deno.test("in turn is better than by chance, the least busy better still, bursts worse", () => {
  const model = replicaModel(servers(1, exponentialTimes(100)));
  const p95 = (routing: Routing, of: Traffic) =>
    statisticOf(simulateFleet({ model, replicas: 4, routing, requests_per_minute: 4 * 420 }, of), "p95")!;
  const random = p95("random", traffic.poisson);
  const inTurn = p95("round_robin", traffic.poisson);
  const least = p95("least_busy", traffic.poisson);
  assert.ok(least < inTurn && inTurn < random, `${least} < ${inTurn} < ${random}`);
  assert.ok(p95("random", traffic.bursts) > random * 1.05);
});

Deno.test("the traffic: gaps of mean 1; in bursts their variance is 4", () => {
  for (const [{ gaps }, variance] of [[traffic.poisson, 1], [traffic.bursts, 4]] as const) {
    near(meanOf(gaps), 1, 0.02);
    near(meanOf(gaps.map((gap) => (gap - 1) ** 2)), variance, 0.04);
  }
  assert.deepEqual(drawTraffic(10, 5), drawTraffic(10, 5));
  assert.notDeepEqual(drawTraffic(10, 5), drawTraffic(10, 6));
});

function near(found: number, expected: number, relative: number): void {
  assert.ok(Math.abs(found / expected - 1) <= relative, `${found}, expected ${expected} within ${relative}`);
}
