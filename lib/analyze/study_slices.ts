/** A study cut into slices of time: its trend. */

import type { StudySlice } from "../core/mod.ts";
import type { StudyCalls } from "./study_calls.ts";
import { partOf, percentileOf, type StudySample, type StudySamples } from "./study_samples.ts";

/** Slices of a study, about. */
const most = 48;
const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000] as const;
/** Lengths of a slice that people count in, in milliseconds. */
const lengths = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * second),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 4, 6, 12].map((n) => n * hour),
  ...[1, 2, 3, 7].map((n) => n * day),
];

/** From the first to the last call, UTC in milliseconds. */
export interface StudySpan {
  readonly from_ms: number;
  readonly until_ms: number;
}

/**
 * The slices of every variant, 48 or fewer and one more where they do not begin with the study: they are of a length that people count
 * in, and begin at whole multiples of it (UTC). A slice without calls is there, too.
 */
export function studySlices(
  calls: readonly StudyCalls[],
  samples: readonly StudySamples[],
  { from_ms, until_ms }: StudySpan,
): StudySlice[] {
  const span = until_ms - from_ms;
  const length = lengths.find((one) => one * most >= span) ?? Math.ceil(span / most / day) * day;
  const first = Math.floor(from_ms / length) * length;
  const count = Math.floor((until_ms - first) / length) + 1;
  return calls.flatMap(({ experiment, of }, variant) => {
    const { ttft_ms, output_tokens_per_s } = samples[variant]!;
    return Array.from({ length: count }, (_, i): StudySlice => {
      const from = first + i * length;
      const until = from + length;
      const outcomes = of.ok.subarray(rank(of.at_ms, from), rank(of.at_ms, until));
      const median = (sample: StudySample) =>
        percentileOf(partOf(sample, rank(sample.at_ms, from), rank(sample.at_ms, until)), 500);
      return {
        experiment_name: experiment.experiment_name,
        from_at: new Date(from).toISOString(),
        until_at: new Date(until).toISOString(),
        calls: outcomes.length,
        errors: outcomes.filter((ok) => ok === 0).length,
        ttft_p50_ms: median(ttft_ms),
        output_tokens_per_s_p50: median(output_tokens_per_s),
      };
    });
  });
}

/** How many of the ascending times lie before one. */
function rank(times: Float64Array, before: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < before) low = middle + 1;
    else high = middle;
  }
  return low;
}
