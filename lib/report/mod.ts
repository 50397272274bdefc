/**
 * Markdown fragments of the report: plain rows become text, and every text from outside is escaped.
 * From: `core/` only.
 * To: the analysis notebook, which shows them; nbconvert makes `report.md` and `report.html` of it with `assets/`.
 */
export * from "./accuracy_table.ts";
export * from "./best_option_table.ts";
export * from "./certificate.ts";
export * from "./config_section.ts";
export * from "./cost_table.ts";
export * from "./failed_criteria_table.ts";
export * from "./header.ts";
export * from "./latency_table.ts";
export * from "./nearest_miss.ts";
export * from "./panel_table.ts";
export * from "./run_cost_table.ts";
export * from "./summary_sentence.ts";
