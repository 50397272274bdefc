/** The variants of a study, as its endpoints say. */

import type { Endpoint, StudyExperiment } from "../../core/mod.ts";

/** One for each endpoint, in their order. */
export function studyExperiments(endpoints: readonly Endpoint[]): StudyExperiment[] {
  return endpoints.map(({ experiment_name, model_id, region, options }) => ({
    experiment_name,
    model_id,
    region,
    profile: options?.latency_mode ?? null,
    service_tier: options?.service_tier ?? null,
  }));
}
