/** The plan: every request of a run, drawn from one seed. */

import {
  type Level,
  type Plan,
  type PlannedRequest,
  requestId,
  seededRandom,
  UserError,
} from "../core/mod.ts";
import { comingRequests, measuredRate } from "./coming_requests.ts";
import { checkLevel, levelLabel, levelOf, type LevelSpec, loadName } from "./level_spec.ts";
import { type Prompt, PromptDeck } from "./prompt_deck.ts";

export interface PlanOptions {
  readonly seed: number;
  readonly config_hash: string;
  /** The program's version. */
  readonly version: string;
  readonly levels: readonly LevelSpec[];
  /** The prompts of a payload file, in the file's order: ids, with their lengths where a trace is to be replayed. */
  readonly payloads: (payload_file: string) => readonly (string | Prompt)[];
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
    const asked = levelOf(spec, levels.length);
    const load = loadName(spec);
    const name = JSON.stringify([asked.endpoint.experiment_name, asked.payload_file, load]);
    if (names.has(name)) {
      throw complaint(asked, "it is planned twice", "Give the experiments different names.");
    }
    names.add(name);
    const prompts = promptsOf(payloads(asked.payload_file));
    if (prompts.length === 0) {
      throw complaint(asked, "its payload file holds no prompt", "Widen the filter of the data set.");
    }
    const coming = comingRequests(spec, prompts.length, seed);
    const level = asked.arrival === "trace" ? { ...asked, request_rate_rps: measuredRate(coming) } : asked;
    levels.push(level);
    const random = seededRandom(seed, ["prompts", level.payload_file, load]);
    const deck = new PromptDeck(prompts, random, coming.every(({ prompt_tokens }) => prompt_tokens !== null));
    for (const [index, { phase, due_ms, prompt_tokens, max_tokens }] of coming.entries()) {
      requests.push({
        request_id: requestId({
          seed,
          experiment_name: level.endpoint.experiment_name,
          payload_file: level.payload_file,
          load,
          index,
        }),
        level: level.level,
        index,
        phase,
        due_ms,
        ...deck.next(prompt_tokens ?? undefined),
        slot: level.concurrency === null ? index : index % level.concurrency,
        ...(max_tokens === null ? {} : { max_tokens }),
      });
    }
  }
  return { header: { schema: "fmbench.plan/1", seed, config_hash, version, levels }, requests };
}

/** Prompts of a file, each once. */
function promptsOf(rows: readonly (string | Prompt)[]): Prompt[] {
  const prompts = rows.map((row) => typeof row === "string" ? { payload_id: row, prompt_tokens: null } : row);
  return [...new Map(prompts.map((prompt) => [prompt.payload_id, prompt])).values()];
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
