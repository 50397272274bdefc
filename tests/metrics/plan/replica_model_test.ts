import { deepEqual, equal } from "node:assert/strict";
import { extended, replicaModel } from "../../../lib/metrics/plan/replica_model.ts";
import { equalTimes } from "./made_up.ts";

Deno.test("between levels the time is read along a line, below the lowest it is the lowest's", () => {
  const model = replicaModel([
    { concurrency: 6, times_ms: equalTimes(300) },
    { concurrency: 2, times_ms: equalTimes(200) },
  ]);
  // From 200 ms at 2 to 300 ms at 6: 25 ms for each further request.
  deepEqual([...model.pace_ms], [200, 200, 200, 225, 250, 275, 300]);
  equal(model.slots, 6);
  // 6 requests in 300 ms: 20 a second.
  equal(model.most_per_minute, 1200);
});

Deno.test("where more in flight gets nothing more done, the rest waits in line", () => {
  // 4 in 400 ms and 16 in 1,590 ms: 10 a second, then 10.06, less than 4 % more. 8 in 900 ms are fewer.
  const model = replicaModel([
    { concurrency: 1, times_ms: equalTimes(200) },
    { concurrency: 4, times_ms: equalTimes(400) },
    { concurrency: 8, times_ms: equalTimes(900) },
    { concurrency: 16, times_ms: equalTimes(1590) },
  ]);
  equal(model.slots, 4);
  equal(model.most_per_minute, 600);
});

Deno.test("the work of a request comes from the level nearest to what is in flight, relative to its mean", () => {
  const model = replicaModel([
    { concurrency: 1, times_ms: Float64Array.of(150, 50) },
    { concurrency: 5, times_ms: Float64Array.of(300, 60, 240) },
  ]);
  // Means 100 and 200.
  deepEqual([...model.work[1]!], [0.5, 1.5]);
  deepEqual([...model.work[2]!], [0.5, 1.5]);
  // 3 lies as near to 5 as to 1: the fuller one counts.
  deepEqual([...model.work[3]!], [0.3, 1.2, 1.5]);
  deepEqual([...model.work[5]!], [0.3, 1.2, 1.5]);
});

Deno.test("by tangents a time between levels is as low as its neighbours allow", () => {
  const levels = [[1, 100], [2, 104], [8, 200], [16, 400]].map(([concurrency, time]) => ({
    concurrency: concurrency!,
    times_ms: equalTimes(time!),
  }));
  // 40 a second at 8 and at 16: 8 slots. At 5 the chord from (2, 104) to (8, 200) is 152. The line of 1 and 2 drawn on gives 116,
  // that of 8 and 16 drawn back (25 a request) 125, and 5 in 125 ms are the 40 a second.
  equal(replicaModel(levels).slots, 8);
  equal(replicaModel(levels).pace_ms[5], 152);
  equal(replicaModel(levels, "tangents").pace_ms[5], 125);
  // At 3: 108 by the line of 1 and 2, 75 by the other, never below the 104 of level 2.
  equal(replicaModel(levels, "tangents").pace_ms[3], 108);
  deepEqual([replicaModel(levels).rising, replicaModel(levels.slice(0, 3)).rising], [false, true]);
});

Deno.test("what lies beyond the highest level, if time goes on along the last line", () => {
  // From 104 at 2 to 200 at 8: 16 a request more, 328 at 16.
  const levels = [[2, 104], [8, 200]].map(([concurrency, time]) => ({
    concurrency: concurrency!,
    times_ms: equalTimes(time!, 3),
  }));
  const beyond = extended(levels)!.at(-1)!;
  equal(beyond.concurrency, 16);
  deepEqual([...beyond.times_ms].map(Math.round), [328, 328, 328]);
  equal(extended(levels.slice(0, 1)), null);
});
