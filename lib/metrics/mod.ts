/**
 * The formulas: what every figure of the report is computed by, on plain numbers.
 * From: records and prices as `core/` types.
 * To: `analyze/`, and whoever needs one definition of a figure.
 */
export * from "./autocorrelation.ts";
export * from "./break_even.ts";
export * from "./change.ts";
export * from "./cheapest_load.ts";
export * from "./clustered_percentile.ts";
export { clusteredShare, fewestPrompts } from "./clustered_share.ts";
export * from "./compared_cells.ts";
export * from "./cost.ts";
export * from "./criteria.ts";
export * from "./distinction.ts";
export * from "./goodput.ts";
export * from "./highest_load.ts";
export * from "./level_view.ts";
export * from "./line.ts";
export type { Trial } from "./load_belief.ts";
export * from "./load_search.ts";
export * from "./mean_interval.ts";
export * from "./multiple_tests.ts";
export * from "./normal.ts";
export * from "./outcome.ts";
export * from "./paired_difference.ts";
export { type Pair, PairedProgress } from "./paired_progress.ts";
export { fewestPairs, fewestPairsToStop } from "./pairs_needed.ts";
export * from "./pareto.ts";
export * from "./percentile.ts";
export { capacityPlan } from "./plan/capacity_plan.ts";
export type { LevelTimes } from "./plan/measured_level.ts";
export type { PlanInput } from "./plan/plan_input.ts";
export type { WorkloadWish } from "./plan/workload.ts";
export * from "./proportion.ts";
export * from "./rank_interval.ts";
export * from "./rate_interval.ts";
export * from "./recommendation.ts";
export * from "./request.ts";
export * from "./sample_size.ts";
export * from "./sequence.ts";
export { stallLimit } from "./stall.ts";
export * from "./steadiness.ts";
export * from "./study_comparisons.ts";
export * from "./throughput.ts";
export * from "./utilisation.ts";
export * from "./window.ts";
