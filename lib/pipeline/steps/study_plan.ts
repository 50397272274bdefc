/** The plan of a latency study: from the config's schedule to its calls. */

import { configHash } from "../../config/mod.ts";
import { type Plan, type StudyQuota, type StudySchedule, UserError, version } from "../../core/mod.ts";
import { type LevelSpec, planStudy } from "../../load/mod.ts";
import type { StepContext } from "../context.ts";

/** The calls of a study in the order of sending. Throws UserError where the config describes none. */
export function studyPlan(step: StepContext, levels: readonly LevelSpec[]): Plan {
  const { config, loaded: { scenarios } } = step;
  const { study } = config;
  if (study === null) {
    throw new UserError({
      action: "plan a study of",
      thing: config.general.name,
      found: "there is no study",
    });
  }
  const planned = new Set(levels.map(({ endpoint }) => endpoint.experiment_name));
  return planStudy({
    seed: config.load.seed,
    config_hash: configHash(config),
    version,
    levels,
    schedule: scheduleOf(study, levels),
    invocations_per_scenario: study.invocations_per_scenario,
    rounds: study.rounds,
    scenarios: scenarios.filter(({ experiment_name }) => planned.has(experiment_name)).map((
      { scenario_id, experiment_name, prompt: { payload_id, max_tokens } },
    ) => ({ scenario_id, experiment_name, payload_id, max_tokens })),
  });
}

type Study = NonNullable<StepContext["config"]["study"]>;

function scheduleOf(study: Study, levels: readonly LevelSpec[]): StudySchedule {
  return {
    parallel_calls: study.parallel_calls,
    pause_ms: study.sleep_between_invocations * 1000,
    jitter: study.jitter,
    calls_per_minute: study.calls_per_minute,
    duration_ms: study.duration_seconds === null ? null : study.duration_seconds * 1000,
    idle_connection_ms: study.idle_connection_seconds * 1000,
    quotas: quotasOf(study, levels),
  };
}

/** A quota that names no model, or no region, is one of each model, or of each region, by itself. */
export function quotasOf({ quotas }: Pick<Study, "quotas">, levels: readonly LevelSpec[]): StudyQuota[] {
  return quotas.flatMap(({ model_id, region, requests_per_minute, tokens_per_minute }) => {
    const groups = new Map<string, number[]>();
    for (const [level, { endpoint }] of levels.entries()) {
      if ((model_id ?? endpoint.model_id) !== endpoint.model_id) continue;
      if ((region ?? endpoint.region) !== endpoint.region) continue;
      const key = JSON.stringify([endpoint.model_id, endpoint.region]);
      groups.getOrInsertComputed(key, () => []).push(level);
    }
    return [...groups.values()].map((own): StudyQuota => ({
      levels: own,
      requests_per_minute: requests_per_minute ?? null,
      tokens_per_minute: tokens_per_minute ?? null,
    }));
  });
}
