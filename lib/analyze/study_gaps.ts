/** What interrupted a study: what it wrote down itself, and the restarts that its journals show. */

import { pl } from "nodejs-polars";
import type { StudyGap } from "../core/mod.ts";
import { lazily, type Requests } from "./frame.ts";
import { sentAt } from "./study_calls.ts";

/**
 * The gaps of a study in the order in which they began: those given, and one of kind `restart` between every two segments, from the
 * end of the last call before to the first call after, unless a given one of that kind is there.
 */
export function studyGaps(requests: Requests, given: readonly StudyGap[]): StudyGap[] {
  const restarts = segmentsOf(requests).flatMap((segment, i, all): StudyGap[] => {
    if (i === 0) return [];
    const from_ms = Math.max(...all.slice(0, i).map(({ until_ms }) => until_ms));
    const gap: StudyGap = {
      kind: "restart",
      from_at: new Date(from_ms).toISOString(),
      until_at: new Date(segment.from_ms).toISOString(),
      ms: segment.from_ms - from_ms,
      detail: "the study was interrupted and resumed",
    };
    return gap.ms <= 0 || given.some((one) => one.kind === "restart" && overlap(one, gap)) ? [] : [gap];
  });
  return [...given, ...restarts].sort((a, b) => Date.parse(a.from_at) - Date.parse(b.from_at));
}

interface Segment {
  readonly from_ms: number;
  readonly until_ms: number;
}

/** When each start of the study sent its first call and saw the end of its last one, UTC in milliseconds. */
function segmentsOf(requests: Requests): Segment[] {
  const ended = sentAt().cast(pl.Float64).add(pl.col("ended_ms").sub(pl.col("sent_ms")));
  return lazily(requests).filter(pl.col("sent_at").isNotNull()).groupBy("segment").agg(
    sentAt().min().cast(pl.Float64).alias("from_ms"),
    pl.maxHorizontal([sentAt().max().cast(pl.Float64), ended.max()]).alias("until_ms"),
  ).sort("from_ms").collectSync().toRecords() as unknown as Segment[];
}

function overlap(a: StudyGap, b: StudyGap): boolean {
  const until = ({ until_at }: StudyGap) => until_at === null ? Infinity : Date.parse(until_at);
  return Date.parse(a.from_at) <= until(b) && Date.parse(b.from_at) <= until(a);
}
