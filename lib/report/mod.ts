/**
 * Markdown fragments of the report: plain rows become text, and every text from outside is escaped.
 * From: `core/` only.
 * To: the analysis notebook, which shows them; nbconvert makes `report.md` and `report.html` of it with `assets/`.
 */
export * from "./accuracy_table.ts";
export * from "./best_option_table.ts";
export * from "./break_even_table.ts";
export * from "./budget_words.ts";
export * from "./certificate.ts";
export * from "./comparison_table.ts";
export * from "./config_section.ts";
export * from "./copy_table.ts";
export * from "./cost_table.ts";
export * from "./definitions.ts";
export * from "./failed_criteria_table.ts";
export * from "./fleet_table.ts";
export * from "./goodput_table.ts";
export * from "./header.ts";
export * from "./latency_table.ts";
export * from "./machine_use_table.ts";
export * from "./nearest_miss.ts";
export * from "./network_table.ts";
export * from "./panel_table.ts";
export * from "./per_instance.ts";
export * from "./plan_table.ts";
export * from "./reproduction.ts";
export * from "./run_cost_table.ts";
export * from "./served_table.ts";
export * from "./steadiness_table.ts";
export { type StudyContext } from "./study_context.ts";
export * from "./study_header.ts";
export * from "./study_page.ts";
export * from "./study_paired_table.ts";
export * from "./study_quality_tables.ts";
export * from "./study_summary.ts";
export * from "./study_variant_table.ts";
export * from "./summary_sentence.ts";
export * from "./token_timing_table.ts";
export * from "./utilisation_table.ts";
