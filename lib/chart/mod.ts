/**
 * Charts that answer a question each: rows of figures become one SVG text with a title and a caption.
 * From: rows of `core/summary.ts` and requests, as `analyze/` gives them.
 * To: the analysis notebook and the report. Nothing is written to disk here.
 */
export * from "./chart.ts";
export * from "./accuracy_against_cost.ts";
export * from "./accuracy_by_experiment.ts";
export { accuracyByPromptLength, type LengthRow } from "./accuracy_by_prompt_length.ts";
export * from "./cost_against_latency.ts";
export * from "./error_rate_by_load.ts";
export * from "./fleet_cost.ts";
export * from "./judge_agreement.ts";
export * from "./latency_against_concurrency.ts";
export * from "./latency_against_prompt_tokens.ts";
export * from "./latency_distribution.ts";
export * from "./machine_use.ts";
export * from "./run_timeline.ts";
export * from "./study_boxes.ts";
export * from "./study_hours.ts";
export * from "./study_network.ts";
export * from "./study_page_charts.ts";
export * from "./study_pairs.ts";
export * from "./study_spread.ts";
export * from "./study_trend.ts";
export * from "./throughput_against_concurrency.ts";
export * from "./throughput_against_latency.ts";
export * from "./token_latency.ts";
