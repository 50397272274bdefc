/**
 * From what happened to what it means: journals to frames, frames to figures. The one area that imports Polars.
 * From: a run directory's journals; `metrics/` for every formula, `storage/` for files.
 * To: `chart/`, `report/` and the notebooks as frames and plain rows; `requests.parquet` and `metrics/*.csv`.
 */
export * from "./accuracy.ts";
export * from "./accuracy_by_length.ts";
export * from "./cell_summary.ts";
export * from "./compared_runs.ts";
export * from "./copy_figures.ts";
export * from "./csv.ts";
export * from "./distributions.ts";
export * from "./errors_by_kind.ts";
export * from "./evaluation_files.ts";
export * from "./experiment_cost.ts";
export * from "./fmbench_layout.ts";
export * from "./fmbench_tables.ts";
export * from "./frame.ts";
export { type TableColumn, tableOf } from "./metric_columns.ts";
export { machineUse, type MachineUseInput } from "./machine_use.ts";
export * from "./metric_files.ts";
export * from "./network.ts";
export { letGo } from "./native_memory.ts";
export * from "./parquet.ts";
export * from "./requests.ts";
export * from "./run_figures.ts";
export * from "./service_times.ts";
export * from "./served.ts";
export { type StudyCsvOptions, writeStudyCsv } from "./study_csv.ts";
export { studyFigures, type StudyOptions } from "./study_figures.ts";
export { type OldStudy, readOldStudy } from "./study_old.ts";
export { writeOldStudyJournal } from "./study_old_journal.ts";
export * from "./summary_frame.ts";
export * from "./timeline.ts";
export * from "./verdict_table.ts";
