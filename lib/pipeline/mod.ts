/**
 * The pipeline: what each step does, and the runner that executes the steps' notebooks.
 * From: every other area.
 * To: the command line and the notebooks.
 */
export * from "./comparison.ts";
export * from "./context.ts";
export { checkDeployments } from "./deployment_plans.ts";
export * from "./dry_run.ts";
export { removersFor } from "./removers.ts";
export { optionsFromEnvironment, RESULTS_DIR } from "./environment.ts";
export { carriedConfig } from "./carried_inputs.ts";
export { describeMachine, startRun } from "./new_run.ts";
export * from "./load_search.ts";
export { mirrorLine, sendMirror } from "./mirroring.ts";
export * from "./notebook_check.ts";
export * from "./outcome.ts";
export * from "./own_dataset.ts";
export * from "./plan.ts";
export { projectRoot } from "./project.ts";
export { ensureJupyter } from "./python.ts";
export { loadConfigFrom } from "./remote_config.ts";
export { localRun } from "./remote_run.ts";
export { becomesReport, renderReport, reportName } from "./rendering.ts";
export * from "./run_display.ts";
export { resourcesLeft, stepHasEnded } from "./resources_left.ts";
export * from "./runner.ts";
export * from "./shipped_configs.ts";
export { runLab } from "./lab.ts";
export { inputsThatDiffer, neededBy, outputOf } from "./sources.ts";
export { stepOverrides } from "./step_choice.ts";
export * from "./study_import.ts";
export * from "./steps/analysis.ts";
export { analysis, type AnalysisData } from "./steps/analysis_data.ts";
export { certifyClient } from "./steps/certification.ts";
export * from "./steps/cleanup.ts";
export * from "./steps/deployment.ts";
export * from "./steps/evaluations.ts";
export { humanAgreement, judgePanel } from "./steps/judge_tables.ts";
export * from "./steps/generate_data.ts";
export * from "./steps/inference.ts";
export { preflight } from "./steps/preflight.ts";
export * from "./steps/setup.ts";
export { studyWords } from "./study_forecast.ts";
export { loadStudy, study, type StudyData, writeStudyPage } from "./steps/study_analysis.ts";
