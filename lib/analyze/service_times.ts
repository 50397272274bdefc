/** Response times by level: what the capacity plan simulates with. */

import { pl } from "nodejs-polars";
import type { LevelTimes } from "../metrics/mod.ts";
import { lazily, type Requests } from "./frame.ts";

/** Times kept of a level: more tell its distribution no better. */
const mostTimes = 4000;

/**
 * The response times of the successes of the measure phase, one entry a cell; of more than 4,000 so many at even distances. They
 * stay in Polars until they are numbers in one array a cell.
 */
export function serviceTimes(requests: Requests): LevelTimes[] {
  const names = ["experiment_name", "payload_file", "concurrency", "request_rate_rps"];
  const kept = lazily(requests)
    .filter(
      pl.col("phase").eq(pl.lit("measure")).and(pl.col("status").eq(pl.lit("ok")))
        .and(pl.col("response_ms").isNotNull()),
    )
    .select(...names.map((name) => pl.col(name)), pl.col("response_ms"))
    .collectSync();
  if (kept.height === 0) return [];
  return kept.partitionBy(names, true).map((level) => {
    const [name] = level.slice(0, 1).select(...names).toRecords();
    const all = level.getColumn("response_ms").toTypedArray() as Float64Array<ArrayBuffer>;
    return { ...name as unknown as Omit<LevelTimes, "times_ms">, times_ms: thinned(all) };
  });
}

function thinned(times: Float64Array): Float64Array {
  if (times.length <= mostTimes) return Float64Array.from(times);
  return Float64Array.from({ length: mostTimes }, (_, i) => times[Math.floor(i * times.length / mostTimes)]!);
}
