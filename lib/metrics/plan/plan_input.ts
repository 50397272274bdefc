/** What a plan is made of. */

import type { Budgets, CellSummary, Prices, Recommendation } from "../../core/mod.ts";
import type { LevelTimes } from "./measured_level.ts";
import type { WorkloadWish } from "./workload.ts";

export interface PlanInput {
  /** Every cell of the run. */
  readonly cells: readonly CellSummary[];
  /** Response times of the same cells; one that is missing counts as not measured. */
  readonly times: readonly LevelTimes[];
  readonly recommendations: readonly Recommendation[];
  readonly prices: Prices;
  readonly budgets: Budgets;
  /** Name of the payload file that speaks for the workload unless the wish says otherwise. */
  readonly dataset_of_interest: string;
  /** What is asked for; null: the measured load. */
  readonly wish: WorkloadWish | null;
  /** Of the simulation; `load.seed`. */
  readonly seed: number;
}
