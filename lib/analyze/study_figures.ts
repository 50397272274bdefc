/** All that the analysis of a latency study shows, from its calls. */

import type { StudyExperiment, StudyFigures, StudyGap } from "../core/mod.ts";
import type { Requests } from "./frame.ts";
import { cancelledCalls, studyCalls } from "./study_calls.ts";
import { studyGaps } from "./study_gaps.ts";
import { studyHours } from "./study_hours.ts";
import { studyNotices } from "./study_notices.ts";
import { studyPairs } from "./study_pairs.ts";
import { studySamples } from "./study_samples.ts";
import { studySlices } from "./study_slices.ts";
import { studySpreads } from "./study_spreads.ts";
import { studyVariant } from "./study_variants.ts";

export interface StudyOptions {
  /** The variants, in the order in which they are shown. */
  readonly experiments: readonly StudyExperiment[];
  /** As `gaps.jsonl` says. */
  readonly gaps: readonly StudyGap[];
  /** Wanted half width of the interval of a paired change; null: none. */
  readonly precision: number | null;
  /** What is known of the study beside its calls and must be known before believing a figure; an import gives it. @default none */
  readonly notices?: readonly string[];
}

/**
 * The figures of a study, from its table of attempts as `scanRequests` gives it. The base of all rates are the attempts that were not
 * cut short by an interruption. What was served otherwise than asked is counted and in no figure; calls that waited for a connection are in no
 * TTFT and no E2E latency but `cold_ttft_ms`.
 *
 * @throws {RangeError} if a call belongs to none of the experiments
 */
export function studyFigures(requests: Requests, options: StudyOptions): StudyFigures {
  const calls = studyCalls(requests, options.experiments);
  const samples = calls.map(studySamples);
  const variants = calls.map((own, i) => studyVariant(own, samples[i]!));
  const pairs = studyPairs(calls, options.precision);
  const gaps = studyGaps(requests, options.gaps);
  const span = spanOf(calls);
  return {
    variants,
    pairs: pairs.differences,
    hours: calls.flatMap((own, i) => studyHours(own, samples[i]!)),
    slices: span === null ? [] : studySlices(calls, samples, span),
    spreads: calls.flatMap(({ experiment }, i) => studySpreads(experiment.experiment_name, samples[i]!)),
    gaps,
    from_at: span === null ? null : new Date(span.from_ms).toISOString(),
    until_at: span === null ? null : new Date(span.until_ms).toISOString(),
    notices: [
      ...(options.notices ?? []),
      ...studyNotices({ calls, variants, gaps, span, cancelled: cancelledCalls(requests) }),
      ...pairs.notices,
    ],
  };
}

/** From the first to the last call, UTC in milliseconds. */
function spanOf(calls: ReturnType<typeof studyCalls>): { from_ms: number; until_ms: number } | null {
  const sent = calls.filter(({ length }) => length > 0).map(({ of }) => of.at_ms);
  if (sent.length === 0) return null;
  return {
    from_ms: Math.min(...sent.map((at) => at[0]!)),
    until_ms: Math.max(...sent.map((at) => at.at(-1)!)),
  };
}
