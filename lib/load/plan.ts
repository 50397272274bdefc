/** The plan: every request of a run, drawn from one seed. */

import {
  type Level,
  type Plan,
  type PlannedRequest,
  requestId,
  seededRandom,
  UserError,
} from "../core/mod.ts";
import { checkLevel, levelLabel, type LevelSpec, loadName, measuredRequests } from "./level_spec.ts";

export interface PlanOptions {
  readonly seed: number;
  readonly config_hash: string;
  /** The program's version. */
  readonly version: string;
  readonly levels: readonly LevelSpec[];
  /** Ids of the prompts of a payload file, in the file's order. */
  readonly payloads: (payload_file: string) => readonly string[];
}

/**
 * Draws the plan of a run. The same options give the same plan, whoever sends it with however many workers.
 *
 * Levels are interleaved over the experiments. Every experiment gets the prompts of a payload file at a load in the same
 * order, so that they are compared on the same questions.
 *
 * @throws {UserError} if a level makes no sense, occurs twice, or its payload file is empty
 */
export function planLoad({ seed, config_hash, version, levels: specs, payloads }: PlanOptions): Plan {
  const levels: Level[] = [];
  const requests: PlannedRequest[] = [];
  const names = new Set<string>();
  for (const spec of interleaved(specs, seed)) {
    checkLevel(spec);
    const { warmup_requests, requests: _requests, min_iters: _min, max_iters: _max, ...shared } = spec;
    const level: Level = { level: levels.length, ...shared };
    if (names.has(levelLabel(level))) {
      throw complaint(level, "it is planned twice", "Give the experiments different names.");
    }
    names.add(levelLabel(level));
    levels.push(level);
    const prompts = [...new Set(payloads(level.payload_file))];
    if (prompts.length === 0) {
      throw complaint(level, "its payload file holds no prompt", "Widen the filter of the data set.");
    }
    const total = warmup_requests + measuredRequests(spec, prompts.length);
    const deck = seededRandom(seed, ["prompts", level.payload_file, loadName(level)]);
    let order: string[] = [];
    for (let index = 0; index < total; index++) {
      const turn = index % prompts.length;
      if (turn === 0) order = deck.shuffled(prompts);
      requests.push({
        request_id: requestId({
          seed,
          experiment_name: level.endpoint.experiment_name,
          payload_file: level.payload_file,
          load: loadName(level),
          index,
        }),
        level: level.level,
        index,
        phase: index < warmup_requests ? "warmup" : "measure",
        due_ms: null,
        payload_id: order[turn]!,
        prompt_use: Math.floor(index / prompts.length) + 1,
        slot: index % level.concurrency,
      });
    }
  }
  return { header: { schema: "fmbench.plan/1", seed, config_hash, version, levels }, requests };
}

/**
 * The order of sending: in rounds, one level of each experiment a round, experiments and levels shuffled, so that a drift
 * of the machine or the service falls on all experiments alike.
 */
function interleaved(specs: readonly LevelSpec[], seed: number): LevelSpec[] {
  const random = seededRandom(seed, "levels");
  const byExperiment = Map.groupBy(specs, (spec) => spec.endpoint.experiment_name);
  const queues = [...byExperiment.values()].map((queue) => random.shuffled(queue));
  const order: LevelSpec[] = [];
  for (let round = 0; order.length < specs.length; round++) {
    for (const queue of random.shuffled(queues)) {
      const spec = queue[round];
      if (spec !== undefined) order.push(spec);
    }
  }
  return order;
}

function complaint(level: Level, found: string, remedy: string): UserError {
  return new UserError({ action: "plan the load of", thing: levelLabel(level), found, remedy });
}

/**
 * Shares a plan out among workers by slot. Each part keeps the whole header; a worker that has no slot in a level has no
 * requests there.
 */
export function shardPlan(plan: Plan, workers: number): Plan[] {
  if (!Number.isInteger(workers) || workers < 1) {
    throw new RangeError(`Cannot share a plan among ${workers} workers: expected a positive integer`);
  }
  return Array.from({ length: workers }, (_, worker) => ({
    header: plan.header,
    requests: plan.requests.filter(({ slot }) => slot % workers === worker),
  }));
}
