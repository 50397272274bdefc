/** Calls of a study with figures that can be worked out on paper. */

import type { RequestRecord, StudyExperiment } from "../../lib/core/mod.ts";
import { failure, record } from "./generated_run.ts";

/** A Monday. */
export const monday = Date.UTC(2026, 0, 5);

/** A variant of the model `m` in the region `r`. */
export function variant(profile: string | null, more: Partial<StudyExperiment> = {}): StudyExperiment {
  const of = { model_id: "m", region: "r", profile, service_tier: null, ...more };
  return { experiment_name: [of.model_id, of.region, of.profile].join(" "), ...of };
}

export const standard = variant("standard");
export const optimized = variant("optimized");

function callOf(of: StudyExperiment, at_ms: number): Partial<RequestRecord> {
  return {
    experiment_name: of.experiment_name,
    model_id: of.model_id,
    region: of.region,
    concurrency: null,
    arrival: "study",
    scenario_id: `s ${of.experiment_name}`,
    round: 1,
    block: 0,
    sent_ms: at_ms,
    ended_ms: at_ms + 1000,
    sent_at: new Date(monday + at_ms).toISOString(),
    connection_reused: true,
    asked_latency_mode: of.profile,
    served_latency_mode: of.profile,
  };
}

/** A success of a variant, so long after Monday's midnight: TTFT 100 ms, 1 s, 10 tokens/s, served as asked on a warm connection. */
export function call(of: StudyExperiment, at_ms: number, more: Partial<RequestRecord> = {}): RequestRecord {
  return record({ ...callOf(of, at_ms), stop_reason: "end_turn", ...more });
}

/** A throttled attempt. */
export function throttled(
  of: StudyExperiment,
  at_ms: number,
  more: Partial<RequestRecord> = {},
): RequestRecord {
  return failure({
    ...callOf(of, at_ms),
    served_latency_mode: null,
    error_kind: "throttled",
    http_status: 429,
    error_message: "HTTP 429 ThrottlingException",
    ...more,
  });
}
