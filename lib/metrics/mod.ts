/**
 * The formulas: what every figure of the report is computed by, on plain numbers.
 * From: records and prices as `core/` types.
 * To: `analyze/`, and whoever needs one definition of a figure.
 */
export * from "./cost.ts";
export * from "./criteria.ts";
export * from "./goodput.ts";
export * from "./mean_interval.ts";
export * from "./outcome.ts";
export * from "./percentile.ts";
export * from "./proportion.ts";
export * from "./rank_interval.ts";
export * from "./recommendation.ts";
export * from "./request.ts";
export * from "./throughput.ts";
export * from "./window.ts";
