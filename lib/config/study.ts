/** The `study` section as the program works with it. */

import { defaults } from "./defaults.ts";
import type { Frozen } from "./config.ts";
import type { WrittenConfig } from "./schema.ts";
import { parseDuration } from "./study_duration.ts";

type Written = NonNullable<WrittenConfig["study"]>;

/** A latency study: what is called how often, and when. */
export interface Study {
  /** Absolute path of the scenario file. */
  readonly scenarios: string;
  readonly invocations_per_scenario: number;
  /** null: as many as the duration has room for. */
  readonly rounds: number | null;
  /** Seconds between two calls of a scenario; 0 where `calls_per_minute` says when calls are due. */
  readonly sleep_between_invocations: number;
  readonly parallel_calls: number;
  /** null: the rounds are all there is. */
  readonly duration_seconds: number | null;
  readonly calls_per_minute: number | null;
  readonly jitter: number;
  readonly idle_connection_seconds: number;
  readonly quotas: Written["quotas"];
  /** Half the width of the interval of a change that is wanted, relative; null: none is asked for. */
  readonly precision: number | null;
  readonly stop_when_precise: boolean;
  /** As it is written; the experiments have what follows from it. null: endpoints are real. */
  readonly simulate: NonNullable<Written["simulate"]> | null;
}

/**
 * Works out what the section leaves open.
 *
 * @param scenarios absolute path of its file
 */
export function settleStudy(written: WrittenConfig["study"], scenarios: string | null): Study | null {
  if (written === undefined) return null;
  const { duration, calls_per_minute = null, sleep_between_invocations: sleep } = written;
  return {
    scenarios: scenarios ?? written.scenarios,
    invocations_per_scenario: written.invocations_per_scenario,
    rounds: written.rounds ?? (duration === undefined ? defaults.study.rounds : null),
    sleep_between_invocations: calls_per_minute === null
      ? sleep ?? defaults.study.sleep_between_invocations
      : 0,
    parallel_calls: written.parallel_calls,
    duration_seconds: duration === undefined ? null : parseDuration(String(duration)),
    calls_per_minute,
    jitter: written.jitter,
    idle_connection_seconds: written.idle_connection_seconds,
    quotas: written.quotas,
    precision: written.precision ?? null,
    stop_when_precise: written.stop_when_precise,
    simulate: written.simulate ?? null,
  };
}

/** The section as it is written into a run's `config.yml`, where what follows from the scenarios stands beside it. */
export function studyKeys(
  { duration_seconds, sleep_between_invocations, calls_per_minute, ...keys }: Frozen<Study>,
) {
  return {
    ...keys,
    duration: duration_seconds,
    calls_per_minute,
    ...calls_per_minute === null ? { sleep_between_invocations } : {},
    derived: true,
  };
}
