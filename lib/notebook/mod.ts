/**
 * What a notebook's cells use: opening and finishing a step, showing results.
 * From: run, pipeline, chart and config.
 * To: the notebooks, and nothing else.
 */
export type { OpenOptions } from "./joining.ts";
export { openStep } from "./open_step.ts";
export { show } from "./show.ts";
export { runStudy, type StudySettings } from "./study.ts";
export { type NotebookStep, step } from "./step.ts";
