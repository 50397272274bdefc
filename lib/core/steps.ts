/** The numbered steps of the pipeline. */

export const stepNames = [
  "0_setup",
  "1_generate_data",
  "2_deploy_model",
  "3_run_inference",
  "4_get_evaluations",
  "5_model_metric_analysis",
  "6_cleanup",
] as const;

/** One of the seven shipped steps. A user's own notebook is a step too, known by its file name. */
export type StepName = (typeof stepNames)[number];

/** The analysis of a latency study, `notebooks/studies/latency_study.ipynb`: a step beside the seven. */
export const studyStep = "latency_study";

/** Whether a name is one of the seven. */
export function isStepName(name: string): name is StepName {
  return (stepNames as readonly string[]).includes(name);
}

/** Whether a step's notebook ships with the program; another one is a user's own. */
export function isShippedStep(name: string): boolean {
  return isStepName(name) || name === studyStep;
}
