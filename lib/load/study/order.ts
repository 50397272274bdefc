/** The order in which a study goes through its scenarios. */

import { type Random, seededRandom } from "../../core/mod.ts";

/** A line of the scenario file, as far as the plan goes. */
export interface PlannedScenario {
  readonly scenario_id: string;
  readonly experiment_name: string;
  readonly payload_id: string;
  /** Cap on the answer. */
  readonly max_tokens: number;
}

/** One prompt on every variant that has it, in the order of sending. */
export interface PlannedBlock {
  /** From 1. */
  readonly round: number;
  /** Over the whole study, from 0. */
  readonly unit: number;
  readonly calls: readonly PlannedScenario[];
}

/** The blocks of one prompt in one round, in the order of sending. */
export type PlannedUnit = readonly PlannedBlock[];

/** Round after round without end: units in random order, in each block the variants in random order. */
export function* studyUnits(
  scenarios: readonly PlannedScenario[],
  { seed, invocations }: { readonly seed: number; readonly invocations: number },
): Generator<readonly PlannedUnit[]> {
  const groups = [...Map.groupBy(scenarios, ({ payload_id }) => payload_id).values()];
  for (let round = 1;; round++) {
    const random = seededRandom(seed, ["study round", round]);
    yield random.shuffled(groups).map((group, i) => {
      const unit = (round - 1) * groups.length + i;
      return Array.from({ length: invocations }, () => ({ round, unit, calls: random.shuffled(group) }));
    });
  }
}

/** The blocks of a round where calls have due times: all units' among each other, so that none is long behind another. */
export function mixedBlocks(units: readonly PlannedUnit[], random: Random): PlannedBlock[] {
  return random.shuffled(units.flat());
}
