/** The plan of a latency study: every call, drawn from one seed. */

import {
  type Level,
  type Plan,
  type PlannedRequest,
  requestId,
  seededRandom,
  type StudySchedule,
  UserError,
} from "../../core/mod.ts";
import { checkLevel, levelOf, type LevelSpec, loadName } from "../level_spec.ts";
import { mixedBlocks, type PlannedBlock, type PlannedScenario, studyUnits } from "./order.ts";
import { pauseBefore } from "./pauses.ts";

export interface StudyPlanOptions {
  readonly seed: number;
  readonly config_hash: string;
  /** The program's version. */
  readonly version: string;
  /** One of each variant, with arrival `study`; `requests` and rates of it count nothing. */
  readonly levels: readonly LevelSpec[];
  readonly schedule: StudySchedule;
  readonly invocations_per_scenario: number;
  /** null: as many as the schedule's duration has room for. */
  readonly rounds: number | null;
  readonly scenarios: readonly PlannedScenario[];
}

/** More calls than that are refused: a plan is held in memory. */
export const mostCalls = 2_000_000;

/** A block with its place, and the due times of its calls; null: they have none. */
interface Timed {
  readonly block: PlannedBlock;
  readonly due_ms: readonly (number | null)[];
}

/**
 * Draws the plan of a study: calls in the order of sending, `lines x invocations x rounds` of them, or as many as have room in its
 * duration. The same options give the same plan.
 *
 * With `calls_per_minute` the call k is due at k times the gap between two, later by a part of the jitter drawn for it. Without, as
 * many are planned for a duration as its pauses allow if no answer takes time.
 *
 * @throws {UserError} if there is nothing to call, a level makes no sense or occurs twice, or there are more than 2,000,000 calls
 */
export function planStudy(options: StudyPlanOptions): Plan {
  const { seed, config_hash, version, scenarios, schedule } = options;
  if (scenarios.length === 0) throw complaint("it has no scenario", "Add lines to the scenario file.");
  const levels = levelsOf(options);
  const byName = new Map(levels.map((level) => [level.endpoint.experiment_name, level]));
  const unknown = scenarios.find(({ experiment_name }) => !byName.has(experiment_name));
  if (unknown !== undefined) throw complaint(`nothing is known of its variant ${unknown.experiment_name}`);
  const counts = levels.map(() => 0);
  const uses = levels.map(() => new Map<string, number>());
  const requests: PlannedRequest[] = [];
  let number = 0;
  for (const { block, due_ms } of timedBlocks(options)) {
    for (const [i, { scenario_id, experiment_name, payload_id, max_tokens }] of block.calls.entries()) {
      const due = due_ms[i];
      if (due === undefined) break;
      const { level, payload_file } = byName.get(experiment_name)!;
      const index = counts[level]!++;
      const prompt_use = (uses[level]!.get(payload_id) ?? 0) + 1;
      uses[level]!.set(payload_id, prompt_use);
      requests.push({
        request_id: requestId({ seed, experiment_name, payload_file, load: "study", index }),
        level,
        index,
        phase: "measure",
        due_ms: due,
        payload_id,
        prompt_use,
        slot: 0,
        max_tokens,
        call: { scenario_id, round: block.round, block: number, unit: block.unit },
      });
      if (requests.length > mostCalls) throw tooMany();
    }
    number++;
  }
  return {
    header: { schema: "fmbench.plan/1", seed, config_hash, version, levels, study: schedule },
    requests,
  };
}

function levelsOf({ levels, scenarios, schedule }: StudyPlanOptions): Level[] {
  const names = new Set<string>();
  return levels.map((spec, i) => {
    const { experiment_name } = spec.endpoint;
    checkLevel(spec);
    if (loadName(spec) !== "study") throw complaint(`${experiment_name} is no variant of a study`);
    if (names.has(experiment_name)) {
      throw complaint(`${experiment_name} is planned twice`, "Give the variants different names.");
    }
    names.add(experiment_name);
    const own = scenarios.filter((scenario) => scenario.experiment_name === experiment_name).length;
    const { calls_per_minute } = schedule;
    const request_rate_rps = calls_per_minute === null || own === 0
      ? null
      : Number((calls_per_minute / 60 * own / scenarios.length).toPrecision(4));
    return { ...levelOf(spec, i), duration_ms: null, request_rate_rps };
  });
}

function timedBlocks(options: StudyPlanOptions): Generator<Timed> {
  const { schedule: { calls_per_minute, duration_ms }, rounds, scenarios, invocations_per_scenario } =
    options;
  if (rounds !== null && scenarios.length * invocations_per_scenario * rounds > mostCalls) throw tooMany();
  if (calls_per_minute !== null) return dueBlocks(options, calls_per_minute);
  if (rounds !== null) return pausedBlocks(options, rounds);
  if (duration_ms === null) throw complaint("it has neither rounds nor a duration");
  return fittingBlocks(options, duration_ms);
}

function* dueBlocks(options: StudyPlanOptions, calls_per_minute: number): Generator<Timed> {
  const { seed, scenarios, rounds, invocations_per_scenario: invocations, schedule } = options;
  const most = schedule.duration_ms === null
    ? Infinity
    : Math.round(calls_per_minute * schedule.duration_ms / 60_000);
  const total = Math.min(most, scenarios.length * invocations * (rounds ?? Infinity));
  if (total > mostCalls) throw tooMany();
  const gap_ms = 60_000 / calls_per_minute;
  const times = seededRandom(seed, "study due times");
  const mixing = seededRandom(seed, "study blocks");
  let k = 0;
  for (const units of studyUnits(scenarios, { seed, invocations })) {
    for (const block of mixedBlocks(units, mixing)) {
      if (k >= total) return;
      const due_ms = block.calls.slice(0, total - k).map(() =>
        Math.round((k++ + schedule.jitter * times.next()) * gap_ms * 1000) / 1000
      );
      yield { block, due_ms };
    }
  }
}

function* pausedBlocks(
  { seed, scenarios, invocations_per_scenario: invocations }: StudyPlanOptions,
  rounds: number,
): Generator<Timed> {
  let left = rounds;
  for (const units of studyUnits(scenarios, { seed, invocations })) {
    if (left-- <= 0) return;
    for (const block of units.flat()) yield { block, due_ms: block.calls.map(() => null) };
  }
}

/** What is begun within the duration if no answer takes time: the most that can be called. */
function* fittingBlocks(
  { seed, scenarios, invocations_per_scenario: invocations, schedule }: StudyPlanOptions,
  duration_ms: number,
): Generator<Timed> {
  const lanes: number[] = Array.from({ length: schedule.parallel_calls }, () => 0);
  let number = 0;
  for (const units of studyUnits(scenarios, { seed, invocations })) {
    for (const unit of units) {
      const lane = lanes.indexOf(Math.min(...lanes));
      let at_ms = lanes[lane]!;
      if (at_ms >= duration_ms) return;
      for (const [i, block] of unit.entries()) {
        if (i > 0) at_ms += pauseBefore(seed, schedule, number);
        if (at_ms >= duration_ms) break;
        number++;
        yield { block, due_ms: block.calls.map(() => null) };
      }
      lanes[lane] = at_ms;
    }
  }
}

function tooMany(): UserError {
  return new UserError({
    action: "plan the study of",
    thing: "study",
    found: `it makes more than ${mostCalls.toLocaleString("en-US")} calls`,
    expected: "a plan that fits into memory",
    remedy: "Set fewer rounds, a shorter duration, longer pauses or fewer calls_per_minute.",
  });
}

function complaint(found: string, remedy?: string): UserError {
  return new UserError({
    action: "plan the study of",
    thing: "study",
    found,
    ...remedy === undefined ? {} : { remedy },
  });
}
