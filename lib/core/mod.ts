/**
 * What everything else is made of: types, columns, clock, random numbers, errors, formats.
 * From: nothing but the standard library.
 * To: every other area; imports none of them.
 */
export * from "./break_even.ts";
export * from "./answer_schema.ts";
export * from "./capacity_plan.ts";
export * from "./certificate.ts";
export * from "./clock.ts";
export * from "./columns.ts";
export * from "./comparison.ts";
export * from "./deployment_spec.ts";
export * from "./endpoint.ts";
export * from "./errors.ts";
export * from "./escape.ts";
export * from "./fleet_figure.ts";
export * from "./hash.ts";
export * from "./json_pointer.ts";
export * from "./judge_text.ts";
export * from "./load.ts";
export * from "./machine_use.ts";
export * from "./message_stream.ts";
export * from "./objectives.ts";
export * from "./payload.ts";
export * from "./plan.ts";
export * from "./panel_summary.ts";
export * from "./prices.ts";
export * from "./progress.ts";
export * from "./random.ts";
export * from "./protocol.ts";
export * from "./redact.ts";
export * from "./rest_check.ts";
export * from "./runtime_variables.ts";
export * from "./scenario.ts";
export * from "./score.ts";
export * from "./score_check.ts";
export * from "./serving.ts";
export * from "./steps.ts";
export * from "./study.ts";
export * from "./study_figure.ts";
export * from "./study_pairing.ts";
export * from "./summary.ts";
export * from "./token_count.ts";
export * from "./units.ts";
export * from "./use_metrics.ts";
export * from "./utilisation.ts";
export * from "./verdict.ts";
export * from "./version.ts";
