/** Studies for tests: a test changes what it is about. */

import type { StudySchedule } from "../../../lib/core/mod.ts";
import { type LevelSpec, planStudy, type StudyPlanOptions } from "../../../lib/load/mod.ts";
import { endpoint, spec } from "../made_up.ts";

export function schedule(changes: Partial<StudySchedule> = {}): StudySchedule {
  return {
    parallel_calls: 1,
    pause_ms: 60_000,
    jitter: 0,
    calls_per_minute: null,
    duration_ms: null,
    idle_connection_ms: 55_000,
    quotas: [],
    ...changes,
  };
}

export function variant(name: string, changes: Partial<LevelSpec> = {}): LevelSpec {
  return spec({
    endpoint: endpoint({ experiment_name: name, endpoint_name: name }),
    arrival: "study",
    concurrency: null,
    ...changes,
  });
}

/** Lines as `variant:prompt`, the scenario's id the same. */
export function lines(...names: string[]): StudyPlanOptions["scenarios"] {
  return names.map((scenario_id) => {
    const [experiment_name = "", payload_id = ""] = scenario_id.split(":");
    return { scenario_id, experiment_name, payload_id, max_tokens: 50 };
  });
}

/** Two prompts on the variants `a` and `b`, one more on `a` alone; two invocations in two rounds. */
export function studyOptions(changes: Partial<StudyPlanOptions> = {}): StudyPlanOptions {
  return {
    seed: 1,
    config_hash: "c",
    version: "0",
    levels: [variant("a"), variant("b")],
    schedule: schedule(),
    invocations_per_scenario: 2,
    rounds: 2,
    scenarios: lines("a:p", "b:p", "a:q", "b:q", "a:r"),
    ...changes,
  };
}

export const studyPlan = (changes: Partial<StudyPlanOptions> = {}) => planStudy(studyOptions(changes));
