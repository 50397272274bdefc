/** The values of a study's figures that are fit to be compared, with what their intervals need. */

import type { Estimate, StudyFigure, StudyQuantiles } from "../core/mod.ts";
import {
  clusteredPercentile,
  estimatePercentile,
  percentileInflation,
  quantile,
  sorted,
} from "../metrics/mod.ts";
import type { CallNumber, StudyCalls } from "./study_calls.ts";

export const figuresOfStudies = [
  "ttft_ms",
  "output_tokens_per_s",
  "e2e_ms",
] as const satisfies readonly StudyFigure[];

/** Values in the order of sending, each with its prompt (NaN: not known) and the time when it was sent, UTC in milliseconds. */
export interface StudySample {
  readonly values: Float64Array;
  readonly prompts: Float64Array;
  readonly at_ms: Float64Array;
}

/** The sample of each figure of one variant. */
export type StudySamples = Readonly<Record<StudyFigure, StudySample>>;

/** Successes that were not served otherwise than asked; of latencies, those on a connection that was there. */
export function studySamples(calls: StudyCalls): StudySamples {
  const of = (figure: StudyFigure) => sampleOf(calls, calls.of[figure], (i) => fits(calls, i, figure));
  return {
    ttft_ms: of("ttft_ms"),
    output_tokens_per_s: of("output_tokens_per_s"),
    e2e_ms: of("e2e_ms"),
  };
}

/** Whether a call is a success as asked, and, for a latency, did not wait for a connection. */
export function fits({ of }: StudyCalls, i: number, figure: StudyFigure): boolean {
  return of.ok[i] === 1 && of.served_otherwise[i] === 0 &&
    (figure === "output_tokens_per_s" || of.cold[i] === 0);
}

/** The known values of a column, of the calls that are wanted. */
export function sampleOf(
  { of, length }: StudyCalls,
  column: Float64Array,
  wanted: (i: number) => boolean,
): StudySample {
  const chosen: number[] = [];
  for (let i = 0; i < length; i++) if (!Number.isNaN(column[i]!) && wanted(i)) chosen.push(i);
  const take = (from: Float64Array) => Float64Array.from(chosen, (i) => from[i]!);
  return { values: take(column), prompts: take(of.prompt), at_ms: take(of.at_ms) };
}

/** The mean of the known values of a column, of the calls that are wanted; null: there is none. */
export function meanOf(calls: StudyCalls, column: CallNumber, wanted: (i: number) => boolean): number | null {
  const values = calls.of[column];
  let [sum, n] = [0, 0];
  for (let i = 0; i < calls.length; i++) {
    if (Number.isNaN(values[i]!) || !wanted(i)) continue;
    sum += values[i]!;
    n++;
  }
  return n === 0 ? null : sum / n;
}

/** Part of a sample; the order is kept. */
export function partOf({ values, prompts, at_ms }: StudySample, from: number, until: number): StudySample {
  return {
    values: values.subarray(from, until),
    prompts: prompts.subarray(from, until),
    at_ms: at_ms.subarray(from, until),
  };
}

/**
 * A percentile with its 95 % interval: clustered by prompt; where a prompt is not known, by the resemblance of calls that follow
 * each other alone.
 */
export function percentileOf({ values, prompts }: StudySample, perMille: number): Estimate {
  if (!prompts.some(Number.isNaN)) return clusteredPercentile(values, prompts, perMille);
  const samples = sorted(values);
  const value = quantile(samples, perMille);
  return estimatePercentile(samples, perMille, value === null ? 1 : percentileInflation(values, value));
}

/** The quantiles that a study shows of a figure. */
export function quantilesOf(sample: StudySample): StudyQuantiles {
  return {
    p10: percentileOf(sample, 100),
    p50: percentileOf(sample, 500),
    p90: percentileOf(sample, 900),
    p99: percentileOf(sample, 990),
  };
}
